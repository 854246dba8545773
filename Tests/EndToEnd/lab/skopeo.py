"""skopeo as a client of the mirror (it reads images as podman and CRI-O do)."""

from pathlib import Path

from .processes import run


def copy(
    source: str,
    target: Path,
    *,
    every_platform: bool = False,
    credentials: str | None = None,
    env: dict[str, str] | None = None,
    seconds: float = 300,
) -> str:
    """Copies `source` (HOST:PORT/repository:tag, plain HTTP) into the folder `target`; returns the manifest's digest.

    `credentials`: USER:PASSWORD for `source`. `env`: may name a HOME with a registries.conf (`RegistriesConf.env`).
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    digest_file = target.with_suffix(".digest")
    choices = ["--all", "--preserve-digests"] if every_platform else []
    choices += [f"--src-creds={credentials}"] if credentials else []
    run(
        ["skopeo", "--insecure-policy", "copy", "--quiet", "--src-tls-verify=false", "--digestfile", digest_file, *choices]
        + [f"docker://{source}", f"dir:{target}"],
        env=env,
        seconds=seconds,
    )
    return digest_file.read_text().strip()

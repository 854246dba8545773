"""A dockerd of our own (own data, own socket, no network set-up) with `--registry-mirror`."""

from pathlib import Path

from .processes import Daemon, run


class Docker:
    """A dockerd and its `docker`. Its mirror serves images of docker.io alone: that is all dockerd asks mirrors for."""

    def __init__(self, directory: Path, mirror: str | None = None):
        """`mirror`: HOST:PORT."""
        directory.mkdir(parents=True, exist_ok=True)
        self.host = f"unix://{directory}/docker.sock"
        self.env = {"DOCKER_CONFIG": str(directory / "client"), "DOCKER_HOST": self.host}
        settings = directory / "daemon.json"
        settings.write_text("{}")
        mirrors = ["--registry-mirror", f"http://{mirror}"] if mirror else []
        self.daemon = Daemon(
            "dockerd",
            ["dockerd", "--config-file", settings, "--data-root", directory / "data", "--exec-root", directory / "exec"]
            + ["--host", self.host, "--pidfile", directory / "pid", "--iptables=false", "--ip6tables=false", "--bridge=none", *mirrors],
            directory / "log",
        )

    def start(self) -> "Docker":
        self.daemon.start()
        self.daemon.wait_until(lambda: self.docker("version", check=False).returncode == 0, "`docker version` works", 30)
        return self

    def stop(self) -> None:
        self.daemon.stop(20)

    def docker(self, *words: object, check: bool = True, seconds: float = 300):
        return run(["docker", *words], env=self.env, check=check, seconds=seconds)

    def pull(self, reference: str) -> str:
        """Pulls `reference` as a user types it; returns the digest of what the tag named."""
        self.docker("pull", "--quiet", reference)
        named = self.docker("image", "inspect", "--format", "{{index .RepoDigests 0}}", reference).stdout
        return named.strip().split("@")[1]

    def run(self, reference: str) -> str:
        """Runs the image's own command in a container without network; returns what it printed."""
        return self.docker("run", "--rm", "--network=none", reference).stdout

"""A dockerd of our own (own data, own socket, no network set-up) with `registry-mirrors` in its daemon.json."""

import json
import signal
from pathlib import Path

from .processes import Daemon, run
from .running import run_image
from .waiting import eventually


class Docker:
    """A dockerd and its `docker`. Its mirror serves images of docker.io alone: that is all dockerd asks mirrors for."""

    def __init__(self, directory: Path, mirror: str | None = None, env: dict[str, str] | None = None):
        """`mirror`: HOST:PORT. `env`: of dockerd, which pulls; `docker` only asks it to."""
        directory.mkdir(parents=True, exist_ok=True)
        self.host = f"unix://{directory}/docker.sock"
        self.env = {"DOCKER_CONFIG": str(directory / "client"), "DOCKER_HOST": self.host}
        self.settings = directory / "daemon.json"
        self._write(mirror)
        self.daemon = Daemon(
            "dockerd",
            ["dockerd", "--config-file", self.settings, "--data-root", directory / "data", "--exec-root", directory / "exec"]
            + ["--host", self.host, "--pidfile", directory / "pid", "--iptables=false", "--ip6tables=false", "--bridge=none"],
            directory / "log",
            env=env,
        )

    def _write(self, mirror: str | None) -> None:
        # One more attempt at a blob: the usual five take 75 s before dockerd turns to the next mirror.
        settings = {"max-download-attempts": 1, **({"registry-mirrors": [f"http://{mirror}"]} if mirror else {})}
        self.settings.write_text(json.dumps(settings))

    def start(self) -> "Docker":
        self.daemon.start()
        self.daemon.wait_until(lambda: self.docker("version", check=False).returncode == 0, "`docker version` works", 30)
        return self

    def stop(self) -> None:
        self.daemon.stop(20)

    def mirror(self, mirror: str) -> None:
        """Gives the running daemon another mirror (HOST:PORT), as `systemctl reload docker` does."""
        self._write(mirror)
        self.reload([mirror])

    def reload(self, mirrors: list[str]) -> None:
        """Has the running daemon read its settings again, and waits until these are its mirrors (HOST:PORT)."""
        self.daemon.process.send_signal(signal.SIGHUP)
        eventually(lambda: self.mirrors() == [f"http://{mirror}/" for mirror in mirrors], f"dockerd has {mirrors} as its mirrors")

    def mirrors(self) -> list[str]:
        """The mirrors that the daemon has now."""
        return json.loads(self.docker("info", "--format", "{{json .RegistryConfig.Mirrors}}").stdout) or []

    def docker(self, *words: object, check: bool = True, seconds: float = 300):
        return run(["docker", *words], env=self.env, check=check, seconds=seconds)

    def pull(self, reference: str) -> str:
        """Pulls `reference` as a user types it; returns the digest of what the tag named."""
        self.docker("pull", "--quiet", reference)
        named = self.docker("image", "inspect", "--format", "{{index .RepoDigests 0}}", reference).stdout
        return named.strip().split("@")[1]

    def run(self, reference: str) -> str:
        """Runs the image's own command in a container without network; returns what it printed."""
        return run_image(["docker", "run", "--rm", "--network=none", reference], env=self.env)

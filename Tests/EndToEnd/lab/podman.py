"""A podman with a storage of its own; what it pulls comes through the mirrors of its registries.conf."""

import base64
import json
from pathlib import Path

from .processes import run
from .registriesconf import RegistriesConf
from .running import run_image


class Podman:
    """No daemon: each command is a process."""

    def __init__(self, directory: Path):
        self.directory = directory
        self.conf = RegistriesConf(directory / "home")

    def words(self, *command: object) -> list[object]:
        storage = ["--root", self.directory / "storage", "--runroot", self.directory / "run", "--storage-driver", "overlay"]
        # Neither systemd nor a journal is needed.
        return ["podman", *storage, "--cgroup-manager=cgroupfs", "--events-backend=none", *command]

    def login(self, place: str, user: str, password: str) -> None:
        """Keeps a password for a registry or a part of one, such as a mirror's."""
        auth = base64.b64encode(f"{user}:{password}".encode()).decode()
        (self.conf.folder / "auth.json").write_text(json.dumps({"auths": {place: {"auth": auth}}}))
        self.conf.env["REGISTRY_AUTH_FILE"] = str(self.conf.folder / "auth.json")

    def pull(self, reference: str) -> str:
        """Pulls `reference`; returns the digest of what it named."""
        run(self.words("pull", "--quiet", reference), env=self.conf.env)
        return run(self.words("image", "inspect", "--format", "{{.Digest}}", reference), env=self.conf.env).stdout.strip()

    def run(self, reference: str) -> str:
        """Runs the image's own command in a container without network; returns what it printed."""
        # podman would raise these limits, which root in a container may not.
        limits = ["--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024"]
        return run_image(self.words("run", "--rm", "--network=none", *limits, reference), env=self.conf.env)

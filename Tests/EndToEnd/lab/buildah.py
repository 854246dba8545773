"""A buildah with a storage of its own; what it pulls comes through the mirrors of its registries.conf."""

import json
from pathlib import Path

from .processes import run
from .registriesconf import RegistriesConf
from .running import run_image


class Buildah:
    """No daemon: each command is a process."""

    def __init__(self, directory: Path):
        self.directory = directory
        self.conf = RegistriesConf(directory / "home")

    def words(self, *command: object) -> list[object]:
        storage = ["--root", self.directory / "storage", "--runroot", self.directory / "run", "--storage-driver", "overlay"]
        return ["buildah", *storage, *command]

    def pull(self, reference: str) -> str:
        """Pulls `reference`; returns the digest of what it named."""
        run(self.words("pull", "--quiet", reference), env=self.conf.env)
        return json.loads(run(self.words("images", "--json", reference), env=self.conf.env).stdout)[0]["digest"]

    def run(self, reference: str) -> str:
        """Runs a command in a working container made from the image, as RUN in a Dockerfile does; returns what it printed."""
        container = run(self.words("from", "--pull-never", reference), env=self.conf.env).stdout.strip()
        command = json.loads(run(self.words("inspect", container), env=self.conf.env).stdout)["OCIv1"]["config"]["Cmd"]
        return run_image(self.words("run", "--isolation=chroot", container, "--", *command), env=self.conf.env)

"""The origin: Debian's docker-registry (distribution) on a host of the lab, with its data in a folder."""

import os
import re
import warnings
from pathlib import Path

import yaml

from .host import LOOPBACK, Host
from .images import Image
from .processes import Daemon, run
from .tokenserver import TokenServer


class Registry:
    """A docker-registry process. It may be stopped and started again; it keeps its port and its data."""

    def __init__(
        self,
        directory: Path,
        *,
        host: Host = LOOPBACK,
        pulls_through: str | None = None,
        outlive: bool = False,
        users: dict[str, str] | None = None,
        tokens: TokenServer | None = None,
        tls: tuple[Path, Path] | None = None,
        clients: Path | None = None,
        accepts_all: bool = False,
    ):
        """`pulls_through`: URL of a registry of which this one is a pull-through cache.

        `users`: passwords of those who may do anything; nobody else may. `tokens`: whose tokens count instead.

        `accepts_all`: also takes schema 1, and layers that are elsewhere.

        `tls`: certificate and key, to speak HTTPS with. `clients`: the authority that must have signed who connects.
        """
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.host = host
        self.port = 0
        self.pulls_through = pulls_through
        config = directory / "config.yml"
        self.daemon = Daemon(
            "docker-registry",
            ["docker-registry", "serve", config],
            directory / "log",
            env={"OTEL_TRACES_EXPORTER": "none"},
            outlive=outlive,
        )
        self.config = config
        self.users = users or {}
        self.tokens = tokens
        self.tls = tls
        self.clients = clients
        self.accepts_all = accepts_all

    def start(self) -> None:
        """Starts it on a free port (the same one after a stop) and waits until it answers."""
        settings = {
            "version": 0.1,
            "log": {"level": "info", "accesslog": {"disabled": True}},
            "storage": {
                "filesystem": {"rootdirectory": str(self.directory / "data")},
                "maintenance": {"uploadpurging": {"enabled": False}},
            },
            "http": {"addr": self.address},
        }
        if self.pulls_through:
            settings["proxy"] = {"remoteurl": self.pulls_through}
        if self.accepts_all:
            settings["compatibility"] = {"schema1": {"enabled": True}}
            settings["validation"] = {"manifests": {"urls": {"allow": ["^https://"]}}}
        if self.tls:
            settings["http"]["tls"] = {"certificate": str(self.tls[0]), "key": str(self.tls[1])}
            if self.clients:
                settings["http"]["tls"]["clientcas"] = [str(self.clients)]
        if self.tokens:
            settings["auth"] = self.tokens.settings
        elif self.users:
            passwords = self.directory / "htpasswd"
            passwords.write_text("".join(f"{user}:{_bcrypt(password)}\n" for user, password in self.users.items()))
            settings["auth"] = {"htpasswd": {"realm": "lab", "path": str(passwords)}}
        self.config.write_text(yaml.safe_dump(settings))
        listening = re.escape(f"listening on {self.host.address}:") + r"(\d+)"
        with self.host.inside():
            self.daemon.start()
            line = self.daemon.wait_until(lambda: re.search(listening, self.daemon.output), "it listens")
            self.port = int(line.group(1))
            self.daemon.wait_for_port(self.port, address=self.host.address)

    def stop(self) -> None:
        self.daemon.kill()  # it has nothing to lose, and takes seconds to leave on SIGTERM

    @property
    def address(self) -> str:
        return f"{self.host.address}:{self.port}"

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://{self.address}"

    def place(self, file: Path, digest: str, repository: str) -> None:
        """Puts a blob into the storage as if it had been pushed to `repository`, by linking `file`: no byte is copied."""
        storage = self.directory / "data/docker/registry/v2"
        hexadecimal = digest.removeprefix("sha256:")
        blob = storage / "blobs/sha256" / hexadecimal[:2] / hexadecimal / "data"
        blob.parent.mkdir(parents=True)
        os.link(file, blob)
        link = storage / "repositories" / repository / "_layers/sha256" / hexadecimal / "link"
        link.parent.mkdir(parents=True)
        link.write_text(digest)

    def push(self, image: Image, repository: str) -> None:
        """Pushes every platform of `image` as `repository`:`image.tag`, byte for byte, as the first of its users if it has any."""
        users = self.tokens.users if self.tokens else self.users
        credentials = [f"--dest-creds={user}:{password}" for user, password in users.items()][:1]
        with self.host.inside():
            run(
                ["skopeo", "--insecure-policy", "copy", "--all", "--preserve-digests", "--dest-tls-verify=false", "--quiet", *credentials]
                + [f"oci:{image.layout}:{image.tag}", f"docker://{self.address}/{repository}:{image.tag}"],
                seconds=300,
            )


def _bcrypt(password: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # gone with Python 3.13, and Debian 12 has no other
        import crypt
    return crypt.crypt(password, crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=1 << 5))

"""A containerd of our own (own state, own socket), pulling through a mirror named in hosts.toml."""

from pathlib import Path

from .processes import Daemon, run

CONFIG = """\
version = 2
root = "{directory}/root"
state = "{directory}/state"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs"]
[grpc]
  address = "{socket}"
[ttrpc]
  address = "{socket}.ttrpc"
"""

HOSTS = """\
server = "{origin}"

[host."http://{mirror}"]
  capabilities = ["pull", "resolve"]
"""


class Containerd:
    """A containerd and its `ctr`."""

    def __init__(self, directory: Path):
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.socket = directory / "containerd.sock"
        config = directory / "config.toml"
        config.write_text(CONFIG.format(directory=directory, socket=self.socket))
        self.daemon = Daemon("containerd", ["containerd", "--config", config], directory / "log")
        self.snapshotter = "overlayfs"

    def start(self) -> "Containerd":
        self.daemon.start()
        self.daemon.wait_until(lambda: run(self.words("version"), check=False).returncode == 0, "`ctr version` works")
        plugins = run(self.words("plugins", "ls")).stdout
        usable = any("overlayfs" in line and line.split()[-1] == "ok" for line in plugins.splitlines())
        self.snapshotter = "overlayfs" if usable else "native"
        return self

    def stop(self) -> None:
        self.daemon.stop()

    def words(self, *command: object) -> list[object]:
        return ["ctr", "--address", self.socket, *command]

    def mirror(self, registry: str, mirror: str, origin: str) -> None:
        """Writes hosts.toml: images of `registry` come from `mirror` (HOST:PORT) first, then from `origin` (a URL)."""
        folder = self.directory / "hosts" / registry
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "hosts.toml").write_text(HOSTS.format(origin=origin, mirror=mirror))

    def pull(self, reference: str, seconds: float = 300) -> str:
        """Pulls `reference` (registry/repository:tag) and unpacks it; returns the digest of what the tag named."""
        hosts = ["--hosts-dir", self.directory / "hosts", "--snapshotter", self.snapshotter]
        run(self.words("images", "pull", *hosts, reference), seconds=seconds)
        listed = run(self.words("images", "ls", f"name=={reference}")).stdout.splitlines()
        return listed[1].split()[2]

    def run(self, reference: str) -> str:
        """Runs the image's own command in a container without network; returns what it printed."""
        return run(self.words("run", "--rm", "--snapshotter", self.snapshotter, reference, "shoal-test")).stdout

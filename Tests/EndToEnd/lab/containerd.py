"""A containerd of our own (own state, own sockets), pulling through a mirror named in hosts.toml, by `ctr` and by its CRI."""

from pathlib import Path

from .cri import CRI
from .processes import Daemon, run
from .running import run_image

CONFIG = """\
version = 2
root = "{directory}/root"
state = "{directory}/state"
disabled_plugins = ["io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs"]
[grpc]
  address = "{socket}"
[ttrpc]
  address = "{socket}.ttrpc"
"""

HOSTS_PATH = """\
[plugins."io.containerd.grpc.v1.cri".registry]
  config_path = "{directory}/hosts"
"""

HOSTS = """\
[host."http://{mirror}"]
  capabilities = ["pull", "resolve"]
"""

KUBERNETES = "k8s.io"
"""The namespace in which containerd keeps what is pulled through its CRI."""


class Containerd:
    """A containerd and its `ctr`."""

    def __init__(self, directory: Path, *, looks_for_hosts: bool = True, env: dict[str, str] | None = None):
        """`looks_for_hosts`: its CRI is told of the folder with hosts.toml files. `env`: of containerd and of `ctr`; the latter pulls by itself."""
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.socket = directory / "containerd.sock"
        self.config = directory / "config.toml"
        config = CONFIG + (HOSTS_PATH if looks_for_hosts else "")
        self.config.write_text(config.format(directory=directory, socket=self.socket))
        self.daemon = Daemon("containerd", ["containerd", "--config", self.config], directory / "log", env=env)
        self.env = env
        self.snapshotter = "overlayfs"
        self.cri = CRI(self.socket)

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

    def mirror(self, registry: str, mirror: str, origin: str | None) -> None:
        """Writes hosts.toml: images of `registry` come from `mirror` (HOST:PORT) first, then from `origin` (a URL).

        `_default` stands for every registry that has no hosts.toml. Without `origin` they come from where their name says. containerd
        reads the file at each pull.
        """
        folder = self.directory / "hosts" / registry
        folder.mkdir(parents=True, exist_ok=True)
        server = f'server = "{origin}"\n\n' if origin else ""
        (folder / "hosts.toml").write_text(server + HOSTS.format(mirror=mirror))

    def pull(self, reference: str, seconds: float = 300, *, credentials: str | None = None) -> str:
        """Pulls `reference` (registry/repository:tag) and unpacks it; returns the digest of what the tag named.

        `credentials`: USER:PASSWORD for whoever asks for some.
        """
        hosts = ["--hosts-dir", self.directory / "hosts", "--snapshotter", self.snapshotter]
        hosts += ["--user", credentials] if credentials else []
        run(self.words("images", "pull", *hosts, reference), env=self.env, seconds=seconds)
        listed = run(self.words("images", "ls", f"name=={reference}")).stdout.splitlines()
        return listed[1].split()[2]

    def run(self, reference: str, namespace: str = "default") -> str:
        """Runs the image's own command in a container without network; returns what it printed."""
        words = ["--namespace", namespace, "run", "--rm", "--snapshotter", self.snapshotter, reference, "shoal-test"]
        return run_image(self.words(*words))

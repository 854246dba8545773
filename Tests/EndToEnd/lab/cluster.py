"""Everything that one test or one demo starts, with one place that ends it all."""

from contextlib import ExitStack
from pathlib import Path

from .buildah import Buildah
from .certificates import Authority
from .containerd import Containerd
from .docker import Docker
from .faultproxy import FaultProxy
from .host import LOOPBACK, Host
from .podman import Podman
from .processes import Daemon, tail, unused_port
from .registry import Registry
from .s3 import S3Server
from .shoal import Agent, Tracker
from .staticserver import StaticServer
from .tokenserver import TokenServer
from .workspace import Workspace


class Lab:
    """Registries, proxies, trackers, agents and clients in one temporary folder."""

    def __init__(self, *, name: str = "shoal", outlive: bool = False):
        """`name`: how the folder's name begins. `outlive`: what is started here may be left running by a process that ends."""
        self.outlive = outlive
        self.workspace = Workspace(name)
        self.daemons: list[Daemon] = []
        self.ending = ExitStack()
        self.ending.callback(self.workspace.remove)

    @property
    def path(self) -> Path:
        return self.workspace.path

    def registry(self, *, host: Host = LOOPBACK, directory: Path | None = None, **options) -> Registry:
        """A registry; with `directory`, one that has what an earlier one got there. `options` are those of `Registry`."""
        directory = directory or self.path / f"registry-{len(self.daemons)}"
        registry = Registry(directory, host=host, outlive=self.outlive, **options)
        self.own(registry.daemon, registry.stop)
        registry.start()
        return registry

    def static_server(self, **options) -> StaticServer:
        """A web server; `options` are those of `StaticServer`."""
        server = StaticServer(self.path / f"static-{len(self.daemons)}", **options)
        self.own(server.daemon, server.daemon.kill)
        return server.start()

    def s3_server(self) -> S3Server:
        server = S3Server(self.path / f"s3-{len(self.daemons)}")
        self.own(server.daemon, server.daemon.kill)
        return server.start()

    def token_server(self, users: dict[str, str]) -> TokenServer:
        server = TokenServer(self.path / f"tokens-{len(self.daemons)}", users).start()
        self.ending.callback(server.stop)
        return server

    def authority(self) -> Authority:
        """A certificate authority of this lab."""
        return Authority(self.path / "certificates")

    def proxy(self, registry: Registry) -> FaultProxy:
        """A fault proxy in front of `registry`."""
        proxy = FaultProxy(registry.url).start()
        self.ending.callback(proxy.stop)
        return proxy

    def tracker(self, *, flags: list[str] = [], host: Host = LOOPBACK) -> Tracker:
        tracker = Tracker(self.path / "tracker", flags, host=host, outlive=self.outlive)
        self.own(tracker.daemon, tracker.kill)
        return tracker.start()

    def agent(
        self,
        name: str,
        origins: dict[str, str],
        *,
        tracker: Tracker | None = None,
        flags: list[str] = [],
        host: Host = LOOPBACK,
        env: dict[str, str] | None = None,
    ) -> Agent:
        """An agent. `origins`: the URL for each registry name, or several with spaces between them. Without `tracker` it is given an address where none listens."""
        address = tracker.address if tracker else f"127.0.0.1:{unused_port()}"
        registries = [word for registry, urls in origins.items() for url in urls.split() for word in ("--registry", f"{registry}={url}")]
        agent = Agent(name, self.path / name, ["--tracker", address, *registries, *flags], tracker, host=host, outlive=self.outlive)
        agent.daemon.env |= env or {}
        self.own(agent.daemon, agent.kill)
        return agent.start()

    def agents(self, count: int, origins: dict[str, str], *, tracker: Tracker | None = None) -> list[Agent]:
        return [self.agent(f"agent-{number}", origins, tracker=tracker) for number in range(1, count + 1)]

    def containerd(self, *, looks_for_hosts: bool = True, env: dict[str, str] | None = None) -> Containerd:
        containerd = Containerd(self.path / "containerd", looks_for_hosts=looks_for_hosts, env=env)
        self.own(containerd.daemon, containerd.stop)
        return containerd.start()

    def docker(self, mirror: str | None = None, *, env: dict[str, str] | None = None) -> Docker:
        docker = Docker(self.path / "docker", mirror, env)
        self.own(docker.daemon, docker.stop)
        return docker.start()

    def podman(self) -> Podman:
        return Podman(self.path / "podman")

    def buildah(self) -> Buildah:
        return Buildah(self.path / "buildah")

    def logs(self) -> dict[str, str]:
        """The end of every daemon's log, by name."""
        return {daemon.name: tail(daemon.log.read_text(errors="replace")) for daemon in self.daemons if daemon.log.exists()}

    def close(self) -> None:
        """Ends everything in reverse order and removes the folder."""
        self.ending.close()

    def own(self, daemon: Daemon, end) -> None:
        """Calls `end` when the lab is closed, and shows the daemon's log when something fails."""
        self.daemons.append(daemon)
        self.ending.callback(end)

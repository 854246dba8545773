"""The clients of Debian 12, each in the ways in which docs/clients.md points it at an agent, behind one interface.

An image is named by repository and tag or digest, `org/small:small`; which registry that is of and how it is written is the client's matter.
"""

from pathlib import Path

from . import skopeo
from .cluster import Lab
from .containerd import KUBERNETES
from .hub import Hub
from .registriesconf import RegistriesConf

REGISTRY = "registry.example.com"


class Client:
    """One client set up in one way, with nothing pulled yet."""

    registry = REGISTRY
    """What the images are of, as far as the agent knows."""
    falls_back = "never"
    """When it turns to the registry after the agent died in the middle of a pull: `in the middle` of it, `at the next pull`, or `never`."""
    resumes = False
    """Whether it asks the registry only for what it lacks of the layer."""
    runs = True

    def __init__(self, lab: Lab, origin: str):
        """`origin`: HOST:PORT of the registry, where pulls go that the agent does not serve."""
        self.lab = lab
        self.origin = origin

    def through(self, mirror: str) -> None:
        """From now on images come through the agent whose mirror is at HOST:PORT."""
        raise NotImplementedError

    def pull(self, image: str) -> str:
        """Pulls; returns the digest of what the name named."""
        raise NotImplementedError

    def run(self, image: str) -> str:
        """Runs the image's own command; returns what it printed."""
        raise NotImplementedError


class Containerd(Client):
    """`ctr images pull --hosts-dir`, a hosts.toml for the registry."""

    falls_back = "in the middle"
    resumes = True

    def __init__(self, lab: Lab, origin: str):
        super().__init__(lab, origin)
        self.containerd = lab.containerd()

    def through(self, mirror: str) -> None:
        self.containerd.mirror(REGISTRY, mirror, f"http://{self.origin}")

    def pull(self, image: str) -> str:
        return self.containerd.pull(f"{self.registry}/{image}")

    def run(self, image: str) -> str:
        return self.containerd.run(f"{self.registry}/{image}")


class ContainerdDefault(Containerd):
    """The same with one hosts.toml for all registries, `_default`: beyond the agent it goes where the image's name says."""

    registry = "docker.io"

    def __init__(self, lab: Lab, origin: str):
        Client.__init__(self, lab, origin)
        self.hub = Hub(lab.path / "hub", origin)
        lab.ending.callback(self.hub.stop)
        self.containerd = lab.containerd(env=self.hub.env)

    def through(self, mirror: str) -> None:
        self.containerd.mirror("_default", mirror, None)


class ContainerdCRI(Containerd):
    """containerd as the kubelet uses it: PullImage on its CRI socket, `config_path` in config.toml."""

    def pull(self, image: str) -> str:
        return self.containerd.cri.pull(f"{REGISTRY}/{image}")

    def run(self, image: str) -> str:
        return self.containerd.run(f"{REGISTRY}/{image}", namespace=KUBERNETES)


class DockerMirror(Client):
    """dockerd with the agent among its `registry-mirrors`: images of Docker Hub."""

    registry = "docker.io"
    falls_back = "in the middle"

    def __init__(self, lab: Lab, origin: str):
        super().__init__(lab, origin)
        self.hub = Hub(lab.path / "hub", origin)
        lab.ending.callback(self.hub.stop)
        self.docker = lab.docker(env=self.hub.env)

    def through(self, mirror: str) -> None:
        self.docker.mirror(mirror)

    def pull(self, image: str) -> str:
        return self.docker.pull(image)

    def run(self, image: str) -> str:
        return self.docker.run(image)


class DockerPath(Client):
    """dockerd without any setting: the agent's address, then the registry's name, then the image's."""

    def __init__(self, lab: Lab, origin: str):
        super().__init__(lab, origin)
        self.docker = lab.docker()
        self.mirror = ""

    def through(self, mirror: str) -> None:
        self.mirror = mirror

    def pull(self, image: str) -> str:
        return self.docker.pull(f"{self.mirror}/{REGISTRY}/{image}")

    def run(self, image: str) -> str:
        return self.docker.run(f"{self.mirror}/{REGISTRY}/{image}")


class Podman(Client):
    """podman with the agent as a mirror in registries.conf."""

    falls_back = "at the next pull"

    def __init__(self, lab: Lab, origin: str):
        super().__init__(lab, origin)
        self.tool = lab.podman()

    def through(self, mirror: str) -> None:
        self.tool.conf.mirror(REGISTRY, mirror, self.origin)

    def pull(self, image: str) -> str:
        return self.tool.pull(f"{REGISTRY}/{image}")

    def run(self, image: str) -> str:
        return self.tool.run(f"{REGISTRY}/{image}")


class Buildah(Podman):
    """buildah, which reads the same file."""

    def __init__(self, lab: Lab, origin: str):
        Client.__init__(self, lab, origin)
        self.tool = lab.buildah()


class Skopeo(Client):
    """skopeo, which reads the same file (CRI-O is built from the same library)."""

    falls_back = "at the next pull"
    runs = False

    def __init__(self, lab: Lab, origin: str):
        super().__init__(lab, origin)
        self.conf = RegistriesConf(lab.path / "skopeo/home")
        self.pulls = 0

    def through(self, mirror: str) -> None:
        self.conf.mirror(REGISTRY, mirror, self.origin)

    def source(self, image: str) -> str:
        return f"{REGISTRY}/{image}"

    def pull(self, image: str) -> str:
        self.pulls += 1
        return skopeo.copy(self.source(image), self._folder(), every_platform=True, env=self.conf.env)

    def _folder(self) -> Path:
        return self.lab.path / f"skopeo/pulled-{self.pulls}"


class SkopeoPath(Skopeo):
    """skopeo without any setting: the agent's address, then the registry's name, then the image's."""

    falls_back = "never"
    mirror = ""

    def through(self, mirror: str) -> None:
        self.mirror = mirror

    def source(self, image: str) -> str:
        return f"{self.mirror}/{REGISTRY}/{image}"


CLIENTS = {
    "containerd": Containerd,
    "containerd-default": ContainerdDefault,
    "containerd-cri": ContainerdCRI,
    "docker-mirror": DockerMirror,
    "docker-path": DockerPath,
    "podman": Podman,
    "buildah": Buildah,
    "skopeo": Skopeo,
    "skopeo-path": SkopeoPath,
}

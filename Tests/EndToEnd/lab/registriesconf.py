"""The registries.conf that podman, buildah, skopeo and CRI-O read, in a home of its own."""

from pathlib import Path

POLICY = '{"default": [{"type": "insecureAcceptAnything"}]}'

CONF = """\
[[registry]]
prefix = "{registry}"
location = "{origin}"
insecure = true
[[registry.mirror]]
location = "{mirror}/{registry}"
insecure = true
"""


class RegistriesConf:
    """A folder that serves as HOME: the tools read `.config/containers` in it instead of /etc/containers."""

    def __init__(self, home: Path):
        self.folder = home / ".config/containers"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.file = self.folder / "registries.conf"
        self.file.write_text("")
        (self.folder / "policy.json").write_text(POLICY)
        self.env = {"HOME": str(home)}

    def mirror(self, registry: str, mirror: str, origin: str) -> None:
        """Images of `registry` come from `mirror` first, then from `origin` (both HOST:PORT). Read at each pull."""
        self.file.write_text(CONF.format(registry=registry, mirror=mirror, origin=origin))

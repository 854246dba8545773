"""A temporary folder that can be removed even after container runtimes mounted things in it."""

import shutil
import tempfile
from pathlib import Path

from .processes import run


MEMORY = Path("/dev/shm")
"""A folder in memory, for whom the disk would be in the way."""


class Workspace:
    """A short path (sockets allow 107 characters), unmounted and removed at the end."""

    def __init__(self, name: str = "shoal"):
        self.path = Path(tempfile.mkdtemp(prefix=f"{name}-"))

    def remove(self) -> None:
        mounts = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
        for mount in reversed([mount for mount in mounts if mount.startswith(f"{self.path}/")]):
            run(["umount", "--lazy", mount], check=False)
        shutil.rmtree(self.path, ignore_errors=True)

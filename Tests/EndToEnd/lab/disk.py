"""A small disk of its own for a data directory, which can be filled up. Needs root, as mounting does."""

import errno
import os

from .cluster import Lab
from .processes import run


class SmallDisk:
    """A file system in memory, unmounted with the lab's folder."""

    def __init__(self, lab: Lab, mebibytes: int):
        self.path = lab.path / f"disk-{mebibytes}"
        self.path.mkdir()
        run(["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "shoal-lab", self.path])

    def fill(self) -> None:
        """Leaves no byte free."""
        with open(self.path / "filler", "wb", buffering=0) as filler:
            for size in (1 << 20, 4096):
                try:
                    while filler.write(bytes(size)) == size:
                        pass
                except OSError as error:
                    assert error.errno == errno.ENOSPC, error

    def unfill(self) -> None:
        os.unlink(self.path / "filler")

"""Where a process of the lab runs: this machine's own network, or a network namespace that looks like a host of its own."""

import ctypes
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TextIO

from .processes import run

CLONE_NEWNET = 0x40000000
"""The kind of namespace that setns(2) is told to expect."""
_libc = ctypes.CDLL(None, use_errno=True)  # os.setns came with Python 3.12


class Host:
    """This machine's own network: everything on loopback."""

    address = "127.0.0.1"
    """Where other hosts of the lab reach this one."""

    def inside(self) -> AbstractContextManager:
        """While this is entered, sockets that this thread opens and processes that it starts belong to the host."""
        return nullcontext()


LOOPBACK = Host()


class Namespace(Host):
    """A host of its own: a network namespace, made here and removed by `remove`. Needs root."""

    def __init__(self, name: str, address: str = ""):
        self.name = name
        self.address = address
        run(["ip", "netns", "add", name])
        self._file = os.open(f"/run/netns/{name}", os.O_RDONLY | os.O_CLOEXEC)
        self.batch("ip", ["link set lo up"])

    @contextmanager
    def inside(self) -> Iterator[None]:
        # Only this thread moves: the others, and what they open, stay where they are.
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        _enter(self._file)
        try:
            yield
        finally:
            _enter(home)
            os.close(home)

    def batch(self, program: str, commands: list[str]) -> None:
        """Runs commands of `ip` or `tc` in the namespace, all by one process."""
        run([program, "-n", self.name, "-batch", "-"], given="\n".join(commands) + "\n")

    def open(self, path: str) -> TextIO:
        """A file below /proc/net as this host sees it. It stays this host's when it is read again from elsewhere."""
        with self.inside():
            return open(f"/proc/thread-self/net/{path}")

    def write(self, path: str, value: str) -> None:
        """Sets `path` below /proc/sys/net for this host, if the kernel has that setting."""
        with self.inside():
            file = Path("/proc/sys/net", path)
            if file.exists():
                file.write_text(value)

    def remove(self) -> None:
        os.close(self._file)
        run(["ip", "netns", "del", self.name])


def _enter(file: int) -> None:
    if _libc.setns(file, CLONE_NEWNET) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error), "setns")

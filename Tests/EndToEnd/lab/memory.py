"""How much memory a process takes, read from /proc."""

import re
from pathlib import Path


def peak_resident_bytes(pid: int) -> int:
    """The most that the process ever had resident, mapped files included (VmHWM of proc(5))."""
    return _field(pid, "VmHWM")


def resident_bytes(pid: int) -> int:
    """What the process has resident now, mapped files included (VmRSS of proc(5))."""
    return _field(pid, "VmRSS")


def forget_peak(pid: int) -> None:
    """Makes the peak begin again at what is resident now (clear_refs of proc(5))."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def anonymous_bytes(pid: int) -> int:
    """What the process has resident now that is its own and not a file's (RssAnon of proc(5))."""
    return _field(pid, "RssAnon")


def _field(pid: int, name: str) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"^{name}:\s+(\d+) kB", status, re.MULTILINE).group(1)) << 10

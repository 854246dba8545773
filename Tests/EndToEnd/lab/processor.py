"""How much processor time processes take, read from /proc."""

import os
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def with_descendants(pid: int) -> list[int]:
    """The process and all that it started, directly or not, and that run now."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            fields = _stat(int(entry.name))
            if fields:
                parents[int(entry.name)] = int(fields[1])
    family = [pid]
    for parent in family:
        family += [child for child, its_parent in parents.items() if its_parent == parent]
    return family


def processor_seconds(pid: int) -> float:
    """User and system time of the process and of the children it waited for, in steps of 10 ms (fields 14 to 17 of proc(5)'s stat)."""
    fields = _stat(pid)
    return sum(map(int, fields[11:15])) / TICKS_PER_SECOND if fields else 0


def fine_processor_seconds(pid: int) -> float:
    """User and system time of the threads that the process has now, to the nanosecond (schedstat)."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


def _stat(pid: int) -> list[str]:
    """The fields of proc(5)'s stat from the third on; none when the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []

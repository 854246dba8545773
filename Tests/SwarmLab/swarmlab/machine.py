"""How busy the machine is, and who keeps it so, from /proc."""

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


class MachineTime:
    """The time of all cores since boot, in seconds (first line of /proc/stat, proc(5))."""

    def __init__(self):
        fields = [int(field) / TICKS for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
        user, nice, system, idle, waiting, interrupts, soft_interrupts, self.stolen = fields
        self.user = user + nice
        self.system = system
        self.interrupts = interrupts + soft_interrupts
        self.idle = idle + waiting
        self.all = sum(fields)

    def shares(self, since: "MachineTime") -> dict[str, float]:
        """What the cores did since `since`, as parts of 1."""
        total = max(self.all - since.all, 1 / TICKS)
        return {
            name: (getattr(self, name) - getattr(since, name)) / total for name in ("user", "system", "interrupts", "stolen", "idle")
        }


def process_seconds(pid: int) -> tuple[float, float]:
    """CPU seconds of a process in user and kernel mode so far; (0, 0) when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0, 0
    return int(fields[11]) / TICKS, int(fields[12]) / TICKS


def queued_seconds(pid: int) -> float:
    """How long the threads that a process has now were ready to run and no core was free for them (run_delay of schedstat)."""
    waited = 0
    for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        try:
            waited += int(task.read_text().split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
    return waited / 1e9

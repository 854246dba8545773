"""A lab that outlives the process that started it: written down, and ended by a later one.

A process is known by its number and the time it started, so that a number used again is never signalled.
"""

import json
import os
import shutil
import signal
from pathlib import Path

from .cluster import Lab
from .waiting import NeverHappened, eventually

STOP_SECONDS = 10


def remember(state: Path, lab: Lab) -> None:
    """Writes to `state` what runs in `lab`."""
    running = [{"pid": daemon.pid, "started": started(daemon.pid)} for daemon in lab.daemons if daemon.alive]
    state.parent.mkdir(parents=True, exist_ok=True)
    state.write_text(json.dumps({"directory": str(lab.path), "processes": running}))


def end(state: Path) -> bool:
    """Stops what `state` says was left running and removes its folder. Returns whether there was anything."""
    if not state.exists():
        return False
    left = json.loads(state.read_text())
    processes = [(process["pid"], process["started"]) for process in left["processes"]]
    for number in (signal.SIGTERM, signal.SIGKILL):
        running = [pid for pid, since in processes if started(pid) == since]
        for pid in running:
            os.kill(pid, number)
        try:
            eventually(lambda: all(started(pid) != since for pid, since in processes), "the processes end", STOP_SECONDS)
            break
        except NeverHappened:
            continue
    shutil.rmtree(left["directory"], ignore_errors=True)
    state.unlink()
    return True


def started(pid: int) -> str | None:
    """When the process started, in the kernel's ticks since boot; None when it does not run (field 22 of proc(5)'s stat)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] == "Z" else fields[19]

"""How fast clusters are simulated."""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from lab.shoal import SIMULATOR

from ..comparison import Comparison, Sample, alone, at_least, ratio

SCENARIOS = Path(__file__).resolve().parents[3] / "simulations/scenarios"


def simulate() -> Iterator[Comparison]:
    """Clusters in virtual time, event by event and in steps; events a second of one core"""
    yield Comparison(
        "simulate 32 nodes that pull 300 MB", "in steps of 1 ms",
        [alone("events", "/s", at_least(1_000_000, "/s"), decimals=0), ratio("processor", "s")],
        lambda: _run("flash-crowd"), lambda: _run("flash-crowd", "network.step=1 ms"))
    yield Comparison(
        "simulate 1,000 of the hundred thousand", "100 of them",
        [alone("events", "/s", at_least(1_000_000, "/s"), decimals=0), ratio("node", "ms of processor a node")],
        lambda: _run("hundred-thousand", "nodes.0.count=1000"), lambda: _run("hundred-thousand", "nodes.0.count=100"))


def _run(scenario: str, *changes: str) -> Sample:
    """One run of the simulator, with what it took of the processor."""
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "figures.json"
        words = [SIMULATOR, "run", SCENARIOS / f"{scenario}.yaml", "--json", figures]
        for change in changes:
            words += ["--set", change]
        process = subprocess.Popen([str(word) for word in words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise AssertionError(f"shoal-sim run {scenario} ended with {process.returncode}")
        outcome = json.loads(figures.read_text())
    seconds = usage.ru_utime + usage.ru_stime
    values = {"events": outcome["events"] / seconds, "processor": seconds, "node": 1000 * seconds / outcome["nodes"]}
    return Sample(values, seconds, usage.ru_maxrss * 1024)

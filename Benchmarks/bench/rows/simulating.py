"""How fast clusters are simulated."""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from lab.shoal import SIMULATOR

from ..comparison import Comparison, Sample, alone, at_least, at_most, ratio

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


def simulate_large() -> Iterator[Comparison]:
    """Large clusters in virtual time, on all cores; a quarter of an hour for each pair"""
    yield Comparison(
        "simulate 10,000 nodes that pull 1 GB", "1,000 of them",
        [alone("took", "s", at_most(120, " s"), decimals=0), ratio("node", "ms of processor a node")],
        lambda: _run("ten-thousand"), lambda: _run("ten-thousand", "nodes.0.count=1000"))
    yield Comparison(
        "simulate 100,000 nodes that pull 100 MB", "1,000 of them",
        [alone("took", "s", at_most(600, " s"), decimals=0), alone("memory", "GB", at_most(8, " GB"), decimals=1),
         ratio("node", "ms of processor a node")],
        lambda: _run("hundred-thousand"), lambda: _run("hundred-thousand", "nodes.0.count=1000"))


def _run(scenario: str, *changes: str) -> Sample:
    """One run of the simulator, with what it took of the processor."""
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "figures.json"
        words = [SIMULATOR, "run", SCENARIOS / f"{scenario}.yaml", "--json", figures]
        for change in changes:
            words += ["--set", change]
        begin = time.monotonic()
        process = subprocess.Popen([str(word) for word in words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        took = time.monotonic() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise AssertionError(f"shoal-sim run {scenario} ended with {process.returncode}")
        outcome = json.loads(figures.read_text())
    seconds, peak = usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024
    values = {
        "events": outcome["events"] / seconds, "processor": seconds, "node": 1000 * seconds / outcome["nodes"],
        "took": took, "memory": peak / 1e9,
    }
    return Sample(values, seconds, peak)

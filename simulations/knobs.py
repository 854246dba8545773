#!/usr/bin/env python3
"""Varies each knob of the policy that ships by itself, and writes what comes of it into simulations/results/knobs.md.

    make knobs                                          # all of them, about five minutes on two cores
    simulations/knobs.py .build/release/shoal-sim       # the same without a build

What follows from it is said in simulations/results/defaults.md, which links to these tables.
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from validate import ROOT, median, quantile, run

SEEDS = range(1, 6)
SCENARIOS = ROOT / "simulations" / "scenarios"

# What ships is in stars.
CLUSTERS = {
    "neighbours": ["5", "*10", "20"],
    "upload-ahead-pieces": ["2", "*4", "6", "8"],
    "upload-ahead-long-pieces": ["2", "4", "*7", "10", "14"],
    "upload-queue": ["50 ms", "*100 ms", "200 ms"],
    "request-ahead": ["25 ms", "*100 ms", "400 ms"],
    "request-depth": ["2 MiB", "*8 MiB", "32 MiB"],
    "queued-in-flight": ["8 MiB", "*12 MiB", "16 MiB", "32 MiB"],
    "in-flight": ["16 MiB", "*32 MiB", "64 MiB"],
    "in-flight-time": ["500 ms", "1 s", "*2 s", "4 s"],
    "told-first": ["1", "*3", "6"],
    "rest-interval": ["50 ms", "*200 ms", "500 ms"],
    "per-connection": ["256 KiB", "*512 KiB", "1 MiB"],
    "promised": ["256 KiB", "*1 MiB", "4 MiB"],
    "long-queue-pieces": ["3", "*5", "8"],
}
ZONES = {
    "gateways-per-zone": ["1", "*2", "3", "4"],
    "gateway-factor": ["2", "4", "*6", "10"],
    "gateway-trial": ["1 s", "*3 s", "6 s"],
}
CLUSTER_SCENARIOS = ["flash-crowd", "two-layers", "staggered"]
ZONE_SCENARIOS = ["two-zones", "thin-link", "cut-off"]


def play(simulator: str, scenario: str, changes: tuple[str, ...], seed: int) -> dict:
    return run(simulator, SCENARIOS / f"{scenario}.yaml", seed, changes)


def of_the_bound(outcome: dict) -> float:
    """99 of 100 nodes, by the time that nobody can beat who wants all at once."""
    return quantile(outcome["seconds"], 0.99) / outcome["boundSeconds"]


def control(outcome: dict) -> float:
    """Of all bytes from peers, per cent."""
    return 100 * outcome["controlBytes"] / outcome["bytesFromPeers"]


def crossings(outcome: dict) -> float:
    """How often the image goes from one zone into the other."""
    return outcome["crossZoneBytes"] / outcome["distinctBytes"]


def variants(knobs: dict[str, list[str]]):
    """Each knob's values, whether they ship, and what to set for them: nothing for what ships."""
    for knob, values in knobs.items():
        for value in values:
            ships = value.startswith("*")
            yield knob, value.lstrip("*"), ships, () if ships else (f"policy.{knob}={value}",)


def check_what_ships(simulator: str, knobs: dict[str, list[str]], scenarios: list[str]) -> None:
    """Whether the values in stars are what ships: then setting them changes nothing. Where no value changes anything, none could be told from it."""
    for scenario in scenarios:
        shipped = play(simulator, scenario, (), 1)["eventLog"]
        for knob, value, ships, _ in variants(knobs):
            if ships and play(simulator, scenario, (f"policy.{knob}={value}",), 1)["eventLog"] != shipped:
                raise SystemExit(f"{knob}: what ships is not {value} any more; correct the list in {Path(__file__).name}")


def table(simulator: str, knobs: dict[str, list[str]], columns: list[tuple[str, str, object, str]]) -> str:
    """Medians over the seeds. A column has a title, a scenario, what is asked of an outcome, and a form."""
    scenarios = list(dict.fromkeys(scenario for _, scenario, _, _ in columns))
    check_what_ships(simulator, knobs, scenarios)
    runs = {(scenario, changes) for _, _, _, changes in variants(knobs) for scenario in scenarios}
    jobs = sorted((scenario, changes, seed) for scenario, changes in runs for seed in SEEDS)
    outcomes: dict[tuple[str, tuple[str, ...]], list[dict]] = {}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for number, (job, outcome) in enumerate(zip(jobs, pool.map(lambda job: play(simulator, *job), jobs)), 1):
            outcomes.setdefault(job[:2], []).append(outcome)
            if sys.stderr.isatty() or number == len(jobs):
                print(f"\r{number} of {len(jobs)} runs", end="\n" if number == len(jobs) else "", file=sys.stderr, flush=True)
    lines = ["| knob | value | " + " | ".join(title for title, *_ in columns) + " |", "|---" * (2 + len(columns)) + "|"]
    last = None
    for knob, value, ships, changes in variants(knobs):
        cells = [form.format(median([asked(outcome) for outcome in outcomes[scenario, changes]])) for _, scenario, asked, form in columns]
        shown = f"**{value}**" if ships else value
        lines.append("| " + " | ".join([f"`{knob}`" if knob != last else "", shown, *cells]) + " |")
        last = knob
    return "\n".join(lines)


def main() -> int:
    simulator = sys.argv[1]
    clusters = [(name, name, of_the_bound, "{:.3f}") for name in CLUSTER_SCENARIOS]
    clusters.append(("control bytes of flash-crowd", "flash-crowd", control, "{:.3f} %"))
    zones = [(name, name, of_the_bound, "{:.3f}") for name in ZONE_SCENARIOS]
    zones += [(f"crossings of {name}", name, crossings, "{:.2f}") for name in ZONE_SCENARIOS]
    zones.append(("p75 of slow-gateway, s", "slow-gateway", lambda outcome: quantile(outcome["seconds"], 0.75), "{:.1f}"))
    text = (
        "# Each knob by itself\n\n"
        f"Made by `make knobs`: medians of {len(SEEDS)} seeds, everything else as it ships; what ships is in bold. p99's time by the bound, where less is\n"
        "better, and what of all bytes from peers is not data. What follows: [defaults](defaults.md).\n\n"
        f"{table(simulator, CLUSTERS, clusters)}\n\n"
        "Of two zones; how often the image crosses from one into the other, once at best:\n\n"
        f"{table(simulator, ZONES, zones)}\n"
    )
    (ROOT / "simulations" / "results" / "knobs.md").write_text(text)
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Holds the simulator against the lab: the same scenarios, in virtual time and with real agents.

    make validate                                                       # runs the lab's scenarios, then compares
    simulations/validate.py .build/release/shoal-sim .build/validation  # compares with what the lab measured last

Writes simulations/results/validation.md, with a picture; exits with 1 if a difference is more than it may be.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
SCENARIOS = ["flash-crowd", "staggered", "killed-tenth", "slow-tenth", "two-zones"]
ALLOWED = {"p50": 0.10, "p99": 0.15}
"""Shares of the lab's seconds."""
ALLOWED_COPIES = 0.0005
"""Copies from the origin are the same, byte for byte, but for what rounding shows."""
DEADLY = {"killed-tenth"}
"""Where nodes die, it is luck whether they were fetching."""
SEEDS = range(1, 26)
"""Seconds are a matter of luck where nodes differ: of who is the first to ask."""


def quantile(seconds: list[float], share: float) -> float:
    """Nearest rank: an observed time."""
    return seconds[max(0, -int(-share * len(seconds) // 1) - 1)]


def as_played(name: str, trials: dict) -> dict:
    """The scenario with as many nodes of each group as the lab had, that join when they joined there."""
    scenario = yaml.safe_load((ROOT / "simulations" / "scenarios" / f"{name}.yaml").read_text())
    groups, agents = scenario["nodes"], trials["agents"]
    everybody = sum(group["count"] for group in groups)
    for group in groups[1:]:
        group["count"] = round(group["count"] * agents / everybody)
    groups[0]["count"] = agents - sum(group["count"] for group in groups[1:])
    if any(group.pop("join-over", None) for group in groups):
        joins = [node["joinedAfterSeconds"] for node in trials["runs"][0]["nodes"]]
        every = [group for group in groups for _ in range(group["count"])]
        scenario["nodes"] = [{**group, "count": 1, "join-at": f"{join} s"} for group, join in zip(every, joins)]
    return scenario


def run(simulator: str, file: Path, seed: int, changes: tuple[str, ...] = ()) -> dict:
    """Plays a scenario's file, with other values in place of some of its own."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.json"
        words = [simulator, "run", file, "--seed", str(seed), "--json", out]
        for change in changes:
            words += ["--set", change]
        subprocess.run(words, check=True, capture_output=True, timeout=600)
        return json.loads(out.read_text())


def simulate(simulator: str, scenario: dict, seed: int) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scenario.yaml"
        file.write_text(yaml.safe_dump(scenario))
        return run(simulator, file, seed)


def median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def picture(rows: list[tuple[str, float, float]]) -> str:
    """Pairs of bars, the lab's and the simulator's seconds, as SVG."""
    longest, height = max(max(lab, sim) for _, lab, sim in rows), 44 * len(rows) + 34
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 {height}" font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="#fff"/>',
        '<text x="8" y="18" font-weight="600">Seconds until nodes have the image: '
        '<tspan fill="#c0392b">real agents</tspan>, <tspan fill="#1f6f8b">simulated</tspan></text>',
    ]
    for index, (name, lab, sim) in enumerate(rows):
        y = 30 + 44 * index
        parts.append(f'<text x="8" y="{y + 22}">{name}</text>')
        for offset, value, color in ((4, lab, "#c0392b"), (20, sim, "#1f6f8b")):
            width = value / longest * 400
            parts.append(f'<rect x="150" y="{y + offset}" width="{width:.1f}" height="14" fill="{color}"/>')
            parts.append(f'<text x="{156 + width:.1f}" y="{y + offset + 12}">{value:.1f}</text>')
    return "\n".join(parts + ["</svg>", ""])


def main() -> int:
    simulator, lab_results = sys.argv[1], Path(sys.argv[2])
    rows, bars, failed, agents = [], [], [], set()
    for name in SCENARIOS:
        trials = json.loads((lab_results / f"{name}.json").read_text())
        agents.add(trials["agents"])
        measured = trials["medians"]
        scenario = as_played(name, trials)
        runs = [simulate(simulator, scenario, seed) for seed in SEEDS]
        cells = [name]
        for what, share in (("p50", 0.5), ("p99", 0.99)):
            lab, sim = measured[f"{what}Seconds"], median([quantile(run["seconds"], share) for run in runs])
            difference = sim / lab - 1
            bars.append((f"{name}, {what}", lab, sim))
            cells += [f"{lab:.2f}", f"{sim:.2f}", f"{difference:+.1%}".replace("%", " %")]
            if abs(difference) > ALLOWED[what]:
                failed.append(f"{name}: {what} differs by {difference:+.1%}")
        lab, sim = measured["originCopies"], median([run["originCopies"] for run in runs])
        cells += [f"{lab:.3f}", f"{sim:.3f}"]
        if name not in DEADLY and abs(sim - lab) > ALLOWED_COPIES:
            failed.append(f"{name}: {sim:.3f} copies from the origin, the lab {lab:.3f}")
        rows.append("| " + " | ".join(cells) + " |")
        print(rows[-1], flush=True)
    head = "| scenario | p50 lab, s | simulated | | p99 lab, s | simulated | | copies lab | simulated |\n" + "|---" * 9 + "|\n"
    text = (
        "# The simulator against the lab\n\n"
        f"The lab's medians ({' or '.join(map(str, sorted(agents)))} real agents in network namespaces, "
        "[how](../../Tests/SwarmLab/README.md)) beside medians of\n"
        f"{len(SEEDS)} seeds of the simulator for the same image, links, joins and faults. p50 may differ by 10 %, p99 by 15 %, copies not at all where no node dies.\n\n"
    )
    results = ROOT / "simulations" / "results"
    (results / "validation.svg").write_text(picture(bars))
    (results / "validation.md").write_text(text + head + "\n".join(rows) + "\n\n![The same as bars](validation.svg)\n")
    for line in failed:
        print(line, file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

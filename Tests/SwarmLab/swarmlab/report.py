"""The tables at the end, and a line for every run."""

from lab.table import megabytes, table

from .figures import medians, times
from .scenarios import Setting

SATURATED = 0.05
"""With less of the machine idle than this, the cores are what is measured, and not the policy."""
FOREIGN = 0.20
"""With more of the machine in others' hands, they are the likelier cause."""
TIME = ["scenario", "nodes", "bound s", "p50 s", "p90 s", "p99 s", "max s", "p50/T*", "p99/T*", "max/T*"]
TRAFFIC = ["scenario", "copies", "(on wire)", "duplicate", "not pieces", "into zone 2", "back"]
CPU = ["scenario", "idle", "others", "agents s per GB", "queued s"]


def heading(setting: Setting) -> str:
    image = f"{megabytes(setting.size)} MB in {len(setting.sizes)} blobs"
    return f"{setting.agents} agents at {setting.megabits:g} Mbit/s, {image}, T* {setting.best_seconds:.2f} s"


def summary(run: dict, found: dict) -> str:
    """What is worth knowing of a run as soon as it is over."""
    text = f"{run['seconds']:.1f} s; CPU {found['idle']:.0%} idle, {found['others']:.0%} taken by others"
    if "maxRatio" in found:
        text = f"p99 {found['p99Ratio']:.2f} T*, max {found['maxRatio']:.2f} T*, {found['originCopies']:.3f} copies, " + text
    for node in run["nodes"]:
        if node["error"] and not node["killed"]:
            text += f"\n    {node['name']} did not finish: {node['error']}"
    if found["idle"] < SATURATED:
        remedy = "wait until the machine is free, or lower --nice" if found["others"] > FOREIGN else "lower RATE or AGENTS"
        text += f"\n    warning: {found['idle']:.0%} of the CPU was idle: this measures the cores rather than the policy; {remedy}"
    return text


def tables(documents: dict[str, dict]) -> str:
    """Times, traffic and CPU of all scenarios; medians over their runs."""
    time_rows, traffic_rows, cpu_rows = [], [], []
    for name, document in documents.items():
        runs, found = document["runs"], document["medians"]
        for group in dict.fromkeys(node["group"] for node in runs[0]["nodes"]):
            label = f"{name}, {group}" if group else name
            time_rows.append(_times(label, medians([times(run, group) for run in runs])))
        traffic_rows.append(_traffic(name, found))
        cpu_rows.append([name, f"{found['idle']:.0%}", f"{found['others']:.0%}", f"{found['agentSecondsPerGB']:.1f}"])
        cpu_rows[-1].append(f"{found['queuedSeconds']:.1f}")
    return "\n\n".join(table(header, rows) for header, rows in ((TIME, time_rows), (TRAFFIC, traffic_rows), (CPU, cpu_rows)))


def _times(label: str, found: dict) -> list[str]:
    waited, unfinished = int(found["waited"]), int(found["unfinished"])
    row = [label, f"{waited - unfinished}/{waited}", f"{found['boundSeconds']:.2f}"]
    keys = ("p50Seconds", "p90Seconds", "p99Seconds", "maxSeconds", "p50Ratio", "p99Ratio", "maxRatio")
    return row + [f"{found[key]:.2f}" if key in found else "-" for key in keys]


def _traffic(name: str, found: dict) -> list[str]:
    copies = [f"{found[key]:.3f}" for key in ("originCopies", "originCopiesOnWire")]
    shares = [f"{found[key]:.2%}" for key in ("duplicateShare", "controlShare")]
    zones = [f"{found[key]:.2f}" if found[key] is not None else "" for key in ("zoneCopies", "zoneCopiesBack")]
    return [name, *copies, *shares, *zones]

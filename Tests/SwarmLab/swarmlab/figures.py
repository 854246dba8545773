"""From what was measured to what is reported: quantiles, ratios to the bound, copies, and medians over runs."""

import math
from statistics import median

from .bounds import PAYLOAD

QUANTILES = {"p50": 0.50, "p90": 0.90, "p99": 0.99, "max": 1.0}


def quantile(values: list[float], share: float) -> float:
    """The least value that `share` of all are at or below (nearest rank)."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def figures(run: dict) -> dict[str, float | None]:
    """The figures of one run. Nodes that were killed count for what they moved, not for their time."""
    nodes = run["nodes"]
    finished = [node for node in nodes if node["seconds"] is not None and not node["killed"]]
    unfinished = sum(not node["killed"] for node in nodes) - len(finished)
    pieces = sum(node["toPeers"] for node in nodes)
    repeated = sum(node["segmentsSentAgain"] for node in nodes) * PAYLOAD
    sent = sum(node["sentOnWire"] for node in nodes) + run["trackerSentBytes"]
    result: dict[str, float | None] = {"unfinished": unfinished}
    if finished:
        times = [node["seconds"] for node in finished]
        ratios = [node["seconds"] / node["boundSeconds"] for node in finished]
        result |= {f"{name}Seconds": quantile(times, share) for name, share in QUANTILES.items()}
        result |= {f"{name}Ratio": quantile(ratios, share) for name, share in QUANTILES.items()}
    cpu = run["cpu"]
    ours = sum(cpu["agentsSeconds"] + cpu["originSeconds"] + cpu["trackerSeconds"]) + cpu["clientsSeconds"]
    received = sum(node["fromPeers"] + node["fromOrigin"] for node in nodes)
    result |= {
        "originCopies": sum(node["fromOrigin"] for node in nodes) / run["imageBytes"],
        "originCopiesOnWire": run["originSentBytes"] / run["imageBytes"],
        "duplicateShare": sum(node["duplicate"] for node in nodes) / received,
        "controlShare": max(0, sent - pieces - repeated) / sent,
        "sentAgainShare": repeated / sent,
        "zoneCopies": run["zoneCrossingBytes"]["intoSecond"] / run["imageBytes"] if run["zoneCrossingBytes"] else None,
        "zoneCopiesBack": run["zoneCrossingBytes"]["outOfSecond"] / run["imageBytes"] if run["zoneCrossingBytes"] else None,
        "idle": cpu["idle"],
        "others": max(0, 1 - cpu["idle"] - cpu["stolen"] - cpu["interrupts"] - ours / cpu["coreSeconds"]),
        "agentSecondsPerGB": sum(cpu["agentsSeconds"]) / received * 1e9,
    }
    return {name: round(value, 4) if value is not None else None for name, value in result.items()}


def medians(runs: list[dict]) -> dict[str, float | None]:
    """The median of every figure over runs of one scenario; `figures` of each is given."""
    names = list(dict.fromkeys(name for run in runs for name in run))
    known = {name: [run[name] for run in runs if run.get(name) is not None] for name in names}
    return {name: round(median(values), 4) if values else None for name, values in known.items()}


def typical(runs: list[dict]) -> dict:
    """The run whose last node is the median: the one to draw."""

    def last(run: dict) -> float:
        return max((node["seconds"] or math.inf) / node["boundSeconds"] for node in run["nodes"] if not node["killed"])

    return sorted(runs, key=last)[(len(runs) - 1) // 2]

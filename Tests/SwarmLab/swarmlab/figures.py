"""From what was measured to what is reported: quantiles, ratios to the bound, copies, and medians over runs."""

import math
from statistics import median

QUANTILES = {"p50": 0.50, "p90": 0.90, "p99": 0.99, "max": 1.0}


def quantile(values: list[float], share: float) -> float:
    """The least value that `share` of all are at or below (nearest rank)."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def times(run: dict, group: str | None = None) -> dict[str, float]:
    """Quantiles of the nodes' times, in seconds and as ratios to each one's bound. `group`: of these nodes only.

    Those who were killed are not waited for; those who should have finished and did not are `unfinished`.
    """
    waited = [node for node in run["nodes"] if not node["killed"] and group in (None, node["group"])]
    finished = [node for node in waited if node["seconds"] is not None]
    result = {"waited": len(waited), "unfinished": len(waited) - len(finished)}
    result["boundSeconds"] = max(node["boundSeconds"] for node in waited)
    if finished:
        seconds = [node["seconds"] for node in finished]
        ratios = [node["seconds"] / node["boundSeconds"] for node in finished]
        result |= {f"{name}Seconds": quantile(seconds, share) for name, share in QUANTILES.items()}
        result |= {f"{name}Ratio": quantile(ratios, share) for name, share in QUANTILES.items()}
    return rounded(result)


def figures(run: dict) -> dict[str, float | None]:
    """All figures of one run, as results/NAME.json has them. Nodes that were killed count for what they moved."""
    return times(run) | traffic(run) | processor(run)


def traffic(run: dict) -> dict[str, float | None]:
    """Who moved how much: copies are images, shares are parts of 1."""
    nodes, image, crossing = run["nodes"], run["imageBytes"], run["zoneCrossingBytes"]
    received = sum(node["fromPeers"] + node["fromOrigin"] for node in nodes)
    sent = sum(node["sentOnWire"] for node in nodes) + run["trackerSentBytes"]
    return rounded({
        "originCopies": sum(node["fromOrigin"] for node in nodes) / image,
        "originCopiesOnWire": run["originSentBytes"] / image,
        "duplicateShare": sum(node["duplicate"] for node in nodes) / max(1, received),
        "controlShare": max(0, sent - sum(node["fromPeers"] for node in nodes)) / sent,
        "zoneCopies": crossing and crossing["intoSecond"] / image,
        "zoneCopiesBack": crossing and crossing["outOfSecond"] / image,
    })  # fmt: skip


def processor(run: dict) -> dict[str, float | None]:
    """Who had the machine's cores: shares of all time, and what a gigabyte that an agent received cost it."""
    cpu, nodes = run["cpu"], run["nodes"]
    agents = sum(cpu["agentsSeconds"])
    ours = agents + sum(cpu["originSeconds"] + cpu["trackerSeconds"]) + cpu["clientsSeconds"]
    return rounded({
        "idle": cpu["idle"],
        "others": max(0, 1 - cpu["idle"] - cpu["stolen"] - cpu["interrupts"] - ours / cpu["coreSeconds"]),
        "agentSecondsPerGB": agents / max(1, sum(node["toClient"] for node in nodes)) * 1e9,
        "queuedSeconds": median(node["queuedSeconds"] for node in nodes),
    })  # fmt: skip


def rounded(values: dict) -> dict:
    return {name: round(value, 4) if value is not None else None for name, value in values.items()}


def medians(runs: list[dict]) -> dict[str, float | None]:
    """The median of every figure over the runs of one scenario."""
    names = list(dict.fromkeys(name for run in runs for name in run))
    known = {name: [run[name] for run in runs if run.get(name) is not None] for name in names}
    return rounded({name: median(values) if values else None for name, values in known.items()})


def typical(runs: list[dict]) -> dict:
    """The run whose last node is the median: the one to draw."""

    def last(run: dict) -> float:
        return max((node["seconds"] or math.inf) / node["boundSeconds"] for node in run["nodes"] if not node["killed"])

    return sorted(runs, key=last)[(len(runs) - 1) // 2]

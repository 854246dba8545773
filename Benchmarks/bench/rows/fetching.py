"""Small blobs that another node has: most manifests, configs and layers are of one piece."""

from collections.abc import Callable, Iterator
from contextlib import closing

from lab.cluster import Lab
from lab.waiting import eventually

from .. import blobs
from ..comparison import Comparison, Sample, alone, at_most, ratio
from ..programs import latency, read
from ..usage import Usage

COUNT = 500
SIZES = {"2 KB": 2_000, "60 KB": 60_000}
AT_A_TIME = {"one at a time": 1, "8 at a time": 8}


def small_fetch() -> Iterator[Comparison]:
    """500 blobs of one piece that an agent fetches from another, whose connection is warm, each asked for once"""
    for what, size in SIZES.items():
        with closing(blobs.new_lab()) as lab:
            small = [blobs.make(lab, size) for _ in range(COUNT + 1)]
            tracker = lab.tracker()
            seed = blobs.agent_with(lab, small, tracker)
            registry = blobs.registry_with(lab, small)

            def ours(connections: int) -> Sample:
                with closing(blobs.new_lab()) as cold:
                    # It has no origin: whatever it answers came from the seed.
                    agent = cold.agent("cold", {blobs.REGISTRY: blobs.NOWHERE}, tracker=tracker)
                    eventually(lambda: tracker.members(small[0].digest) >= {seed.node}, "the tracker knows that the seed has the blobs")
                    read(agent.mirror, small[0].at_agent)
                    blobs.settle()
                    with Usage(agent.daemon, seed.daemon, tracker.daemon) as usage:
                        found = _ask(cold, agent.mirror, [blob.at_agent for blob in small[1:]], connections)
                return usage.sample(**found)

            def cache(connections: int) -> Sample:
                with closing(blobs.new_lab()) as cold:
                    through = cold.registry(pulls_through=registry.url)
                    read(through.address, small[0].at_registry)
                    blobs.settle()
                    with Usage(through.daemon, registry.daemon) as usage:
                        found = _ask(cold, through.address, [blob.at_registry for blob in small[1:]], connections)
                return usage.sample(**found)

            for how, connections in AT_A_TIME.items():
                yield _comparison(f"fetch {what} from a peer, {how}", lambda: ours(connections), lambda: cache(connections))


def _ask(lab: Lab, address: str, paths: list[str], connections: int) -> dict[str, float]:
    file = lab.path / "paths"
    file.write_text("".join(f"{path}\n" for path in paths))
    found = latency(address, file, connections)
    return {"p50": found.p50_seconds * 1000, "p99": found.p99_seconds * 1000, "rate": found.requests / found.seconds}


def _comparison(what: str, ours: Callable[[], Sample], cache: Callable[[], Sample]) -> Comparison:
    quantities = [alone("p50", "ms", at_most(10, " ms")), ratio("p99", "ms"), ratio("rate", "requests/s", decimals=0)]
    return Comparison(what, "docker-registry, pull-through", quantities, ours, cache)

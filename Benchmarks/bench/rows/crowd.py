"""Many nodes want the same blob at the same moment, and the origin's link is the bottleneck."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

from lab.network import Network
from lab.processes import Daemon
from swarmlab.bounds import goodput

from .. import blobs
from ..comparison import Comparison, Sample, alone, at_most, ratio
from ..programs import read_all
from ..usage import Usage

NODES = 8
SIZE = 128 * blobs.MIB
MEGABITS = 1000


def crowd() -> Iterator[Comparison]:
    """8 nodes pull the same 128 MiB at once, all cold, from an origin behind 1 Gbit/s"""
    with ExitStack() as ending:
        network = Network()
        ending.callback(network.remove)
        far, near = network.host("origin", f"{MEGABITS}mbit"), network.host("nodes", None)
        lab = ending.enter_context(closing(blobs.new_lab()))
        blob = blobs.make(lab, SIZE)
        origin = blobs.registry_with(lab, [blob], host=far)

        def pull(requests: list[tuple[str, str]], *daemons: Daemon) -> Sample:
            blobs.settle()
            before = network.traffic()["origin"].sent
            with Usage(origin.daemon, *daemons) as usage, near.inside():
                last = max(reading.seconds for reading in read_all(requests))
            copies = (network.traffic()["origin"].sent - before) / blob.size
            return usage.sample(**{"last client": last, "of the bound": last / (blob.size / goodput(MEGABITS)), "copies": copies})

        def agents() -> Sample:
            with closing(blobs.new_lab()) as cold:
                tracker = cold.tracker(host=near)
                started = [
                    cold.agent(f"agent-{number}", {blobs.REGISTRY: origin.url}, tracker=tracker, host=near) for number in range(NODES)
                ]
                requests = [(agent.mirror, blob.at_agent) for agent in started]
                return pull(requests, tracker.daemon, *(agent.daemon for agent in started))

        def cache() -> Sample:
            with closing(blobs.new_lab()) as cold:
                registry = cold.registry(host=near, pulls_through=origin.url)
                return pull([(registry.address, blob.at_registry)] * NODES, registry.daemon)

        def direct() -> Sample:
            return pull([(origin.address, blob.at_registry)] * NODES)

        yield _comparison("docker-registry, pull-through", agents, cache)
        yield _comparison("direct", agents, direct)


def _comparison(rival: str, ours: Callable[[], Sample], theirs: Callable[[], Sample]) -> Comparison:
    quantities = [
        ratio("last client", "s"),
        alone("of the bound", "x", at_most(1.2)),
        alone("copies", "", at_most(1.02, "")),
    ]
    return Comparison(f"{NODES} cold nodes, origin at 1 Gbit/s", rival, quantities, ours, theirs)

"""What the first pull of a blob costs when it goes through an agent that has nothing and knows nobody."""

from collections.abc import Iterator
from contextlib import ExitStack, closing

from lab.host import LOOPBACK, Host
from lab.network import Network

from .. import blobs
from ..comparison import Comparison, Sample, at_most, difference, ratio
from ..programs import Reading, read
from ..usage import Usage


def first_pull() -> Iterator[Comparison]:
    """The first pull of 1 GiB through one agent, from an origin as fast as loopback"""
    yield from _pull("1 GiB", blobs.GIB, None)


def first_pull_shaped() -> Iterator[Comparison]:
    """The first pull of 256 MiB through one agent, from an origin behind 1 Gbit/s"""
    yield from _pull("256 MiB, origin at 1 Gbit/s", 256 * blobs.MIB, "1gbit")


def _pull(what: str, size: int, rate: str | None) -> Iterator[Comparison]:
    with ExitStack() as ending:
        far, near = LOOPBACK, LOOPBACK
        if rate:
            network = Network()
            ending.callback(network.remove)
            far, near = network.host("origin", rate), network.host("node", None)
        lab = ending.enter_context(closing(blobs.new_lab()))
        blob = blobs.make(lab, size)
        origin = blobs.registry_with(lab, [blob], host=far)

        def ours() -> Sample:
            with closing(blobs.new_lab()) as cold:
                tracker = cold.tracker(host=near)
                agent = cold.agent("cold", {blobs.REGISTRY: origin.url}, tracker=tracker, host=near)
                blobs.settle()
                with Usage(agent.daemon, tracker.daemon, origin.daemon) as usage:
                    reading = _read(near, agent.mirror, blob.at_agent)
                received = agent.counter("origin_received_bytes_total")
                assert received == blob.size, f"the agent took {received} of {blob.size} bytes from the origin"
            return usage.sample(time=reading.seconds, **{"first byte": reading.first_byte_seconds * 1000})

        def direct() -> Sample:
            blobs.settle()
            with Usage(origin.daemon) as usage:
                reading = _read(near, origin.address, blob.at_registry)
            return usage.sample(time=reading.seconds, **{"first byte": reading.first_byte_seconds * 1000})

        quantities = [ratio("time", "s", at_most(1.05)), difference("first byte", "ms", at_most(10, " ms"))]
        yield Comparison(f"first pull, {what}", "direct", quantities, ours, direct)


def _read(host: Host, address: str, path: str) -> Reading:
    with host.inside():
        return read(address, path)

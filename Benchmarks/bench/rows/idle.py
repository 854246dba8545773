"""What an agent costs a node while nothing is pulled."""

import time
from collections.abc import Iterator
from contextlib import closing

from lab.memory import peak_resident_bytes, resident_bytes
from lab.processes import Daemon
from lab.processor import fine_processor_seconds

from .. import blobs
from ..comparison import Comparison, Sample, alone, at_most
from ..programs import read

WINDOW_SECONDS = 4
"""With five pairs 20 s of each side."""


def idle() -> Iterator[Comparison]:
    """An agent that is connected to a tracker and is asked for nothing"""
    with closing(blobs.new_lab()) as lab:
        blob = blobs.make(lab, blobs.GIB)
        tracker = lab.tracker()
        agent = lab.agent("fresh", {blobs.REGISTRY: blobs.NOWHERE}, tracker=tracker)
        registry = blobs.registry_with(lab, [blob])
        quantities = [
            alone("resident", "MB", at_most(40, " MB"), decimals=1),
            alone("processor", "%", at_most(0.1, " %"), decimals=3),
        ]

        def comparison(what: str, daemon: Daemon) -> Comparison:
            return Comparison(what, "docker-registry", quantities, lambda: _watch(daemon), lambda: _watch(registry.daemon))

        yield comparison("idle after the start", agent.daemon)
        used = blobs.agent_with(lab, [blob], tracker)
        read(used.mirror, blob.at_agent)
        read(registry.address, blob.at_registry)
        yield comparison("idle after serving 1 GiB", used.daemon)


def _watch(daemon: Daemon) -> Sample:
    began, before = time.monotonic(), fine_processor_seconds(daemon.pid)
    time.sleep(WINDOW_SECONDS)
    used = fine_processor_seconds(daemon.pid) - before
    share = 100 * used / (time.monotonic() - began)
    resident = resident_bytes(daemon.pid) / 1e6
    return Sample({"resident": resident, "processor": share}, used, peak_resident_bytes(daemon.pid))

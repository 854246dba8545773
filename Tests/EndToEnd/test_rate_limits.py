"""Limits on what agents send and receive, seen from outside: never more than the limit, and not much less."""

import time

import pytest

from lab.download import Download
from lab.processes import run
from lab.shoal import SHOAL

RATE = 8_000_000
TOLERANCE = 1.05
SAVED_SECONDS = 0.05
"""What may be saved up while nothing goes."""


class Meter:
    """How fast a counter of an agent grows, from now on."""

    def __init__(self, agent, counter: str):
        self.agent, self.counter = agent, counter
        self.start = time.monotonic()
        self.before = agent.counter(counter)

    def rate(self) -> float:
        """Bytes a second until now, without what was saved up before."""
        grown = self.agent.counter(self.counter) - self.before
        return (grown - RATE * SAVED_SECONDS) / (time.monotonic() - self.start)


def fetch(agent, origin) -> int:
    """The large layer through an agent; returns its size."""
    digest, size = origin.large.largest_layer()
    assert Download(f"http://{agent.mirror}{origin.blob(origin.large, digest)}").finish(120).digest == digest
    return size


def check(meter: Meter) -> None:
    """A slow machine can only make it slower, so the lower bound is a loose one."""
    rate = meter.rate()
    assert rate <= TOLERANCE * RATE, f"{rate:.0f} bytes/s"
    assert rate >= 0.5 * RATE, f"{rate:.0f} bytes/s"


def test_origin_limit(lab, origin):
    agent = lab.agent("agent", origin.at(origin.registry.url), tracker=lab.tracker(), flags=["--origin-limit", "8M"])
    meter = Meter(agent, "origin_received_bytes_total")
    fetch(agent, origin)
    check(meter)


def test_origin_limit_holds_for_what_is_not_kept(lab, origin):
    flags = ["--origin-limit", "8M", "--quota", "1M"]
    agent = lab.agent("agent", origin.at(origin.registry.url), tracker=lab.tracker(), flags=flags)
    meter = Meter(agent, "store_bypassed_bytes_total")
    fetch(agent, origin)
    check(meter)


def test_upload_limit(lab, origin):
    """Two agents fetch from a third that is limited: together they get no more than it may send."""
    tracker = lab.tracker()
    seed = lab.agent("seed", origin.at(origin.registry.url), tracker=tracker, flags=["--upload-limit", "8M"])
    size = fetch(seed, origin)
    digest, _ = origin.large.largest_layer()
    lab_agents = [lab.agent(f"agent-{number}", origin.at(origin.registry.url), tracker=tracker) for number in range(2)]
    meter = Meter(seed, "peer_sent_bytes_total")
    downloads = [Download(f"http://{agent.mirror}{origin.blob(origin.large, digest)}") for agent in lab_agents]
    for download in downloads:
        assert download.finish(120).digest == digest
    check(meter)
    assert seed.counter("peer_sent_bytes_total") < 1.5 * size, "the two trade with each other"
    assert sum(agent.counter("origin_received_bytes_total") for agent in lab_agents) == 0


def test_download_limit(lab, origin):
    """One agent that is limited fetches from two that are not."""
    tracker = lab.tracker()
    seeds = [lab.agent(f"seed-{number}", origin.at(origin.registry.url), tracker=tracker) for number in range(2)]
    for seed in seeds:
        fetch(seed, origin)
    agent = lab.agent("agent", origin.at(origin.registry.url), tracker=tracker, flags=["--download-limit", "8M"])
    meter = Meter(agent, "peer_received_bytes_total")
    size = fetch(agent, origin)
    check(meter)
    assert agent.counter("duplicate_bytes_total") <= 0.01 * size
    assert agent.counter("origin_received_bytes_total") == 0


@pytest.mark.parametrize("words", [("--upload-limit", "fast"), ("--origin-limit", "1K"), ("--quota", "-5"), ("--min-free", "1 G")])
def test_wrong_limit(words):
    """The option is named, and so is the value."""
    done = run([SHOAL, "agent", *words], check=False, seconds=20)
    assert done.returncode == 64 and words[0] in done.stderr, done.stderr

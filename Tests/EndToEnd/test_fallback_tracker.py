"""Pulls go on whatever happens to the tracker."""

from conftest import slow_blobs
from lab import skopeo
from lab.download import Download
from lab.shoal import get
from lab.waiting import eventually


def test_tracker_that_never_ran(lab, origin):
    """Without a tracker an agent is still a working mirror."""
    agent = lab.agent("agent", origin.at(origin.registry.url))
    assert skopeo.copy(f"{agent.mirror}/{origin.reference(origin.large)}", lab.path / "pulled") == origin.large.digest
    assert get(agent.http + "/healthz") is not None


def test_tracker_killed_in_the_middle(lab, origin):
    """kill -9 of the tracker while a blob comes: every client gets it whole."""
    proxy = lab.proxy(origin.registry)
    proxy.add(slow_blobs())
    tracker = lab.tracker()
    agents = lab.agents(3, origin.at(proxy.url), tracker=tracker)
    digest, _ = origin.large.largest_layer()
    downloads = [Download(f"http://{agent.mirror}{origin.blob(origin.large, digest)}") for agent in agents]
    for download in downloads:
        download.received_at_least(500_000)
    tracker.kill()
    for download in downloads:
        download.received_at_least(download.received + 500_000)
    proxy.lift()
    assert [download.finish().digest for download in downloads] == [digest] * 3


def test_tracker_killed_before_the_pull(lab, origin):
    """Agents that lost their tracker fetch from the origin, each for itself if need be."""
    tracker = lab.tracker()
    agents = lab.agents(2, origin.at(origin.registry.url), tracker=tracker)
    tracker.kill()
    for agent in agents:
        assert skopeo.copy(f"{agent.mirror}/{origin.reference(origin.large)}", lab.path / agent.name / "pulled") == origin.large.digest


def test_tracker_restarted_knows_its_swarms(lab, origin):
    """After kill -9 and a restart the tracker still knows who holds what, and a new agent pulls from the swarm."""
    proxy = lab.proxy(origin.registry)
    tracker = lab.tracker()
    first = lab.agent("first", origin.at(proxy.url), tracker=tracker)
    skopeo.copy(f"{first.mirror}/{origin.reference(origin.large)}", lab.path / "first-pulled")
    digest, _ = origin.large.largest_layer()
    eventually(lambda: tracker.has_swarm(digest), "the tracker knows the swarm")
    tracker.kill()
    tracker.start()
    assert tracker.has_swarm(digest), "known at once, from its own data"
    eventually(lambda: tracker.knows(first.node), "the agent came back")
    asked = len(proxy.requests("/blobs/"))
    second = lab.agent("second", origin.at(proxy.url), tracker=tracker)
    skopeo.copy(f"{second.mirror}/{origin.reference(origin.large)}", lab.path / "second-pulled")
    assert len(proxy.requests("/blobs/")) == asked

"""Peers die in the middle of a blob; clients of those that live do not notice."""

from conftest import slow_blobs
from lab.download import Download
from lab.waiting import eventually


def test_lease_holder_killed(lab, origin):
    """kill -9 of the agent that streams from the origin: another goes on, by Range, from what it has verified."""
    proxy = lab.proxy(origin.registry)
    proxy.add(slow_blobs())
    agents = lab.agents(3, origin.at(proxy.url), tracker=lab.tracker())
    digest, size = origin.large.largest_layer()
    path = origin.blob(origin.large, digest)
    holder = agents[0]
    first = Download(f"http://{holder.mirror}{path}")
    first.received_at_least(100_000)
    others = [Download(f"http://{agent.mirror}{path}") for agent in agents[1:]]
    for download in others:
        download.received_at_least(3 << 20)
    assert len(proxy.requests(f"^GET .*{digest}")) == 1
    holder.kill()
    resumed = eventually(
        lambda: [request for request in proxy.requests(f"^GET .*{digest}")[1:] if request.range_start],
        "another agent asks the origin for the rest, by Range",
        seconds=30,
    )
    proxy.lift()
    assert [download.finish().digest for download in others] == [digest] * 2
    assert resumed[0].range_start >= 1 << 20, f"it goes on from the verified prefix: {resumed[0]}"
    proxy.settle()
    assert proxy.body_bytes(digest) < 1.5 * size


def test_all_peers_die(lab, origin):
    """Every other agent dies in the middle: the survivor takes the rest from the origin."""
    proxy = lab.proxy(origin.registry)
    proxy.add(slow_blobs())
    agents = lab.agents(4, origin.at(proxy.url), tracker=lab.tracker())
    digest, _ = origin.large.largest_layer()
    path = origin.blob(origin.large, digest)
    doomed = agents[:3]
    Download(f"http://{doomed[0].mirror}{path}").received_at_least(100_000)
    for agent in doomed[1:]:
        Download(f"http://{agent.mirror}{path}").received_at_least(100_000)
    survivor = Download(f"http://{agents[3].mirror}{path}")
    survivor.received_at_least(1 << 20)
    for agent in doomed:
        agent.kill()
    eventually(lambda: proxy.requests(f"^GET .*{digest}")[-1].range_start, "the survivor asks the origin for the rest", seconds=30)
    proxy.lift()
    assert survivor.finish().digest == digest


def test_all_peers_and_the_tracker_die(lab, origin):
    """The same with the tracker gone too."""
    proxy = lab.proxy(origin.registry)
    proxy.add(slow_blobs())
    tracker = lab.tracker()
    holder, survivor = lab.agents(2, origin.at(proxy.url), tracker=tracker)
    digest, _ = origin.large.largest_layer()
    path = origin.blob(origin.large, digest)
    Download(f"http://{holder.mirror}{path}").received_at_least(100_000)
    download = Download(f"http://{survivor.mirror}{path}")
    download.received_at_least(500_000)
    tracker.kill()
    holder.kill()
    proxy.lift()
    assert download.finish().digest == digest

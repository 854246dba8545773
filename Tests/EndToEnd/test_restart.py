"""Agents that are killed, restarted and stopped."""

from concurrent.futures import ThreadPoolExecutor

from conftest import slow_blobs
from lab import skopeo
from lab.download import Download
from lab.faultproxy import Rule
from lab.processes import accepts


def test_killed_agent_resumes(lab, origin):
    """kill -9 in the middle of a blob: after the restart the agent goes on from what it had, by Range."""
    proxy = lab.proxy(origin.registry)
    proxy.add(slow_blobs())
    agent = lab.agent("agent", origin.at(proxy.url), tracker=lab.tracker())
    digest, size = origin.large.largest_layer()
    path = origin.blob(origin.large, digest)
    Download(f"http://{agent.mirror}{path}").received_at_least(10 << 20)
    agent.kill()
    proxy.lift()
    agent.start()
    assert Download(f"http://{agent.mirror}{path}").finish().digest == digest
    resumed = proxy.requests(f"^GET .*{digest}")[-1]
    assert resumed.range_start and resumed.range_start >= 1 << 20, f"not from the beginning: {resumed}"
    proxy.settle()
    assert proxy.body_bytes(digest) < 1.5 * size


def test_killed_agent_keeps_whole_blobs(lab, origin):
    """kill -9 after a pull: everything is still there, and nothing is fetched again."""
    proxy = lab.proxy(origin.registry)
    agent = lab.agent("agent", origin.at(proxy.url), tracker=lab.tracker())
    skopeo.copy(f"{agent.mirror}/{origin.reference(origin.large)}", lab.path / "before")
    agent.kill()
    asked = len(proxy.requests("/blobs/"))
    agent.start()
    assert skopeo.copy(f"{agent.mirror}/{origin.reference(origin.large)}", lab.path / "after") == origin.large.digest
    assert len(proxy.requests("/blobs/")) == asked


def test_sigterm_when_idle(lab, origin):
    """SIGTERM: tracker and agents exit 0 within 10 s, and listen no more."""
    tracker = lab.tracker()
    agents = lab.agents(2, origin.at(origin.registry.url), tracker=tracker)
    skopeo.copy(f"{agents[0].mirror}/{origin.reference(origin.small)}", lab.path / "pulled")
    for service in [*agents, tracker]:
        service.stop()
        assert not any(accepts(int(address.rsplit(":", 1)[1])) for address in service.addresses.values())


def test_sigterm_drains(lab, origin):
    """SIGTERM while a client downloads: the client gets its blob, then the agent exits 0."""
    proxy = lab.proxy(origin.registry)
    proxy.add(slow_blobs())
    agent = lab.agent("agent", origin.at(proxy.url), tracker=lab.tracker())
    digest, _ = origin.large.largest_layer()
    download = Download(f"http://{agent.mirror}{origin.blob(origin.large, digest)}")
    download.received_at_least(1 << 20)
    with ThreadPoolExecutor(1) as pool:
        stopping = pool.submit(agent.stop)
        proxy.lift()
        assert download.finish().digest == digest
        stopping.result()


def test_sigterm_with_a_transfer_that_cannot_end(lab, origin):
    """SIGTERM while the origin crawls: the agent does not wait for ever, it exits 0 within its 10 s."""
    proxy = lab.proxy(origin.registry)
    proxy.add(Rule(r"^GET .*/blobs/", "slow", bytes_per_second=200_000))
    agent = lab.agent("agent", origin.at(proxy.url), tracker=lab.tracker())
    digest, _ = origin.large.largest_layer()
    download = Download(f"http://{agent.mirror}{origin.blob(origin.large, digest)}")
    download.received_at_least(1)
    agent.stop()
    download.finish()

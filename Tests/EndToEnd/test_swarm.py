"""What a swarm is for: one copy from the origin, pieces as they come, one transfer for all who ask."""

from concurrent.futures import ThreadPoolExecutor

from conftest import slow_blobs
from lab import skopeo
from lab.download import Download
from lab.waiting import eventually


def test_five_agents_at_once_take_one_copy(lab, origin):
    """Five clients pull at the same moment on five agents: every byte leaves the origin exactly once."""
    proxy = lab.proxy(origin.registry)
    agents = lab.agents(5, origin.at(proxy.url), tracker=lab.tracker())

    def pull(agent):
        return skopeo.copy(f"{agent.mirror}/{origin.reference(origin.large)}", lab.path / f"pulled-{agent.name}")

    with ThreadPoolExecutor(len(agents)) as pool:
        digests = list(pool.map(pull, agents))

    assert digests == [origin.large.digest] * 5
    proxy.settle()
    size = origin.large.size()
    assert proxy.body_bytes() == size, f"every byte left the origin exactly once: {proxy.requests()}"
    assert sum(agent.counter("origin_received_bytes_total") for agent in agents) == size, "copies from the origin: 1.00"
    assert sum(agent.counter("peer_received_bytes_total") for agent in agents) >= 4 * origin.large.largest_layer()[1]
    for agent in agents:
        assert agent.counter("mirror_sent_bytes_total") >= size
        assert agent.counter("rejected_bytes_total") == 0


def test_cut_through(lab, origin):
    """Clients of other agents read a blob's first bytes while the holder's download from the origin is far from its end."""
    proxy = lab.proxy(origin.registry)
    proxy.add(slow_blobs())
    agents = lab.agents(3, origin.at(proxy.url), tracker=lab.tracker())
    digest, size = origin.large.largest_layer()
    downloads = [Download(f"http://{agent.mirror}{origin.blob(origin.large, digest)}") for agent in agents]
    for download in downloads:
        download.received_at_least(1 << 20)
    streams = proxy.requests(f"^GET .*{digest}")
    assert len(streams) == 1 and not streams[0].done and streams[0].sent < size // 2, f"one stream, unfinished: {streams}"
    proxy.lift()
    assert [download.finish().digest for download in downloads] == [digest] * 3
    assert len(proxy.requests(f"^GET .*{digest}")) == 1


def test_requests_for_one_blob_share_one_transfer(lab, origin):
    """Six clients of one agent ask for the same blob: the origin sees one request."""
    proxy = lab.proxy(origin.registry)
    proxy.add(slow_blobs())
    agent = lab.agent("agent", origin.at(proxy.url), tracker=lab.tracker())
    digest, size = origin.large.largest_layer()
    downloads = [Download(f"http://{agent.mirror}{origin.blob(origin.large, digest)}") for _ in range(6)]
    for download in downloads:
        download.received_at_least(100_000)
    proxy.lift()
    assert {download.finish().digest for download in downloads} == {digest}
    assert len(proxy.requests(f"^GET .*{digest}")) == 1
    assert agent.counter("origin_received_bytes_total") == size


def test_client_that_leaves_does_not_stop_the_others(lab, origin):
    """A client goes away in the middle; another one of the same agent gets the whole blob from the same stream."""
    proxy = lab.proxy(origin.registry)
    proxy.add(slow_blobs())
    agent = lab.agent("agent", origin.at(proxy.url), tracker=lab.tracker())
    digest, _ = origin.large.largest_layer()
    url = f"http://{agent.mirror}{origin.blob(origin.large, digest)}"
    leaver, stayer = Download(url), Download(url)
    leaver.received_at_least(100_000)
    stayer.received_at_least(100_000)
    leaver.leave()
    proxy.lift()
    assert stayer.finish().digest == digest
    assert len(proxy.requests(f"^GET .*{digest}")) == 1


def test_client_that_leaves_does_not_stop_other_agents(lab, origin):
    """The only client of the agent that streams from the origin goes away; the other agent's client still gets everything."""
    proxy = lab.proxy(origin.registry)
    proxy.add(slow_blobs())
    holder, other = lab.agents(2, origin.at(proxy.url), tracker=lab.tracker())
    digest, size = origin.large.largest_layer()
    leaver = Download(f"http://{holder.mirror}{origin.blob(origin.large, digest)}")
    leaver.received_at_least(100_000)
    stayer = Download(f"http://{other.mirror}{origin.blob(origin.large, digest)}")
    stayer.received_at_least(100_000)
    leaver.leave()
    proxy.lift()
    assert stayer.finish().digest == digest
    proxy.settle()
    assert proxy.body_bytes(digest) < 1.5 * size


def test_later_pull_comes_from_the_swarm(lab, origin):
    """An image that one agent holds reaches the next one without a single blob request to the origin."""
    proxy = lab.proxy(origin.registry)
    first, second = lab.agents(2, origin.at(proxy.url), tracker=lab.tracker())
    skopeo.copy(f"{first.mirror}/{origin.reference(origin.large)}", lab.path / "first")
    digest, _ = origin.large.largest_layer()
    eventually(lambda: first.holds(digest), "the first agent holds the layer")
    asked = len(proxy.requests("/blobs/"))
    skopeo.copy(f"{second.mirror}/{origin.reference(origin.large)}", lab.path / "second")
    assert len(proxy.requests("/blobs/")) == asked


def test_ranges_of_a_blob_that_still_downloads(lab, origin):
    """A lazy-loading client asks for the end of a blob whose beginning is still coming, and gets just that."""
    proxy = lab.proxy(origin.registry)
    agent = lab.agent("agent", origin.at(proxy.url), tracker=lab.tracker())
    digest, size = origin.large.largest_layer()
    url = f"http://{agent.mirror}{origin.blob(origin.large, digest)}"
    whole = Download(url)
    last = Download(url, {"Range": "bytes=-1000"}).finish()
    assert (last.status, last.received) == (206, 1000)
    assert last.headers["content-range"] == f"bytes {size - 1000}-{size - 1}/{size}"
    blob = (origin.large.layout / "blobs/sha256" / digest.removeprefix("sha256:")).read_bytes()
    assert last.body_start == blob[-1000:]
    assert whole.finish().digest == digest

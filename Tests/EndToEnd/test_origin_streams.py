"""How one agent drains an origin: over several ranges at once where each connection is limited, over one where ranges are not known."""

from conftest import REGISTRY
from lab import skopeo
from lab.download import Download
from lab.faultproxy import Request, Rule
from lab.waiting import eventually


def most_at_once(requests: list[Request]) -> int:
    """How many of these were under way at a time, at most."""
    changes = [(request.started, 1) for request in requests] + [(request.ended, -1) for request in requests]
    running, most = 0, 0
    for _, change in sorted(changes):
        running += change
        most = max(most, running)
    return most


def test_limited_connections_add_up(lab, origin):
    """An origin that gives each connection 4 MiB/s: an agent that knows the layer's size from its manifest asks for ranges, more and more of
    them at a time, and for no byte twice."""
    proxy = lab.proxy(origin.registry)
    proxy.add(Rule(r"^GET .*/blobs/", "slow", bytes_per_second=4 << 20))
    agent = lab.agent("agent", origin.at(proxy.url), tracker=lab.tracker())
    digest, size = origin.large.largest_layer()
    skopeo.copy(f"{agent.mirror}/{origin.reference(origin.large)}", lab.path / "image")
    eventually(lambda: agent.holds(digest), "the layer is held")
    proxy.settle()
    requests = proxy.requests(f"^GET .*{digest}")
    assert [request.status for request in requests] == [206] * len(requests), requests
    assert most_at_once(requests) >= 4, requests
    spans = sorted(request.range for request in requests)
    assert spans[0][0] == 0 and spans[-1][1] == size
    assert all(before[1] == after[0] for before, after in zip(spans, spans[1:])), spans
    assert proxy.body_bytes(digest) == size
    assert agent.counter("origin_received_bytes_total") == origin.large.size()


def test_one_answer_where_ranges_are_not_known(lab, origin):
    """The first range is answered with everything: that is read to its end, and nothing is asked for twice."""
    proxy = lab.proxy(origin.registry)
    proxy.add(Rule(r"^GET .*/blobs/", "noranges"))
    agent = lab.agent("agent", origin.at(proxy.url), tracker=lab.tracker())
    digest, size = origin.large.largest_layer()
    skopeo.copy(f"{agent.mirror}/{origin.reference(origin.large)}", lab.path / "image")
    eventually(lambda: agent.holds(digest), "the layer is held")
    proxy.settle()
    assert [request.status for request in proxy.requests(f"^GET .*{digest}")] == [200]
    assert proxy.body_bytes(digest) == size


def test_a_range_that_breaks_off(lab, origin):
    """One of several ranges is reset: the client sees nothing of it, and little comes twice."""
    proxy = lab.proxy(origin.registry)
    digest, size = origin.large.largest_layer()
    proxy.add(Rule(f"^GET .*{digest}", "reset", at=1_000_000, skip=5, times=1))
    proxy.add(Rule(r"^GET .*/blobs/", "slow", bytes_per_second=4 << 20))
    agent = lab.agent("agent", origin.at(proxy.url), tracker=lab.tracker())
    manifest = Download(f"http://{agent.mirror}/v2/{REGISTRY}/org/large/manifests/{origin.large.tag}").finish()
    assert manifest.status == 200
    download = Download(f"http://{agent.mirror}{origin.blob(origin.large, digest)}").finish()
    assert (download.status, download.digest) == (200, digest), str(download)
    proxy.settle()
    assert any(request.fault == "reset" for request in proxy.requests(digest))
    assert proxy.body_bytes(digest) < size + (8 << 20)

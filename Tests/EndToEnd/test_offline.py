"""`shoal agent --offline`: what is here and what other agents have, and no registry."""

import json

from conftest import REGISTRY
from lab import skopeo
from lab.download import Download


def test_it_serves_what_it_has_and_what_others_have(lab, origin):
    """An image pulled before, by tag, long ago; another one that only another agent has; and no question to the registry."""
    proxy = lab.proxy(origin.registry)
    tracker = lab.tracker()
    online = lab.agent("online", {REGISTRY: proxy.url}, tracker=tracker)
    agent = lab.agent("agent", {REGISTRY: proxy.url}, tracker=tracker)
    small, large = origin.reference(origin.small), origin.reference(origin.large)
    before = skopeo.copy(f"{agent.mirror}/{small}", lab.path / "pulled-before")
    assert skopeo.copy(f"{online.mirror}/{large}", lab.path / "pulled-online") == origin.large.digest
    agent.stop()
    agent.flags += ["--offline", "--tag-stale", "0"]
    agent.start()
    asked = len(proxy.requests())
    assert skopeo.copy(f"{agent.mirror}/{small}", lab.path / "pulled-after") == before
    assert skopeo.copy(f"{agent.mirror}/{large}", lab.path / "pulled-large") == origin.large.digest
    assert len(proxy.requests()) == asked, proxy.requests()[asked:]
    assert agent.counter("origin_received_bytes_total") == 0
    assert agent.counter("peer_received_bytes_total") >= origin.large.largest_layer()[1]


def test_what_nobody_has_is_told_with_its_reason(lab, origin):
    """A tag that nobody knows, and a blob that nobody has: an answer in seconds that says why, and no lease."""
    proxy = lab.proxy(origin.registry)
    agent = lab.agent("agent", {REGISTRY: proxy.url}, tracker=lab.tracker(), flags=["--offline"])
    digest, _ = origin.large.largest_layer()
    for path, status in [
        (f"/v2/{REGISTRY}/org/large/manifests/large", 502),
        (f"/v2/{REGISTRY}/org/large/manifests/{origin.large.digest}", 502),
        (origin.blob(origin.large, digest), 404),
    ]:
        answer = Download(f"http://{agent.mirror}{path}").finish()
        assert answer.status == status, (path, answer.status, answer.body_start)
        assert "offline" in json.loads(answer.body_start)["errors"][0]["message"], answer.body_start
    assert proxy.requests() == []


def test_it_gets_no_lease(lab, origin):
    """Its client waits for the agent that may ask, and each byte leaves the registry once."""
    proxy = lab.proxy(origin.registry)
    tracker = lab.tracker()
    offline = lab.agent("offline", {REGISTRY: proxy.url}, tracker=tracker, flags=["--offline"])
    online = lab.agent("online", {REGISTRY: proxy.url}, tracker=tracker)
    digest, size = origin.large.largest_layer()
    waiting = Download(f"http://{offline.mirror}{origin.blob(origin.large, digest)}")
    fetching = Download(f"http://{online.mirror}{origin.blob(origin.large, digest)}")
    assert fetching.finish().digest == digest
    assert waiting.finish().digest == digest
    assert offline.counter("origin_received_bytes_total") == 0
    assert online.counter("origin_received_bytes_total") == size

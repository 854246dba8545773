"""Registries that are busy or limit the rate of requests: what the agent asks of them, and what its clients see."""

import time

from conftest import REGISTRY
from lab import skopeo
from lab.download import Download
from lab.faultproxy import Rule
from lab.images import NATIVE
from lab.shoal import Agent

OTHER = "other.example.com"


def manifest(agent: Agent, registry: str = REGISTRY) -> Download:
    return Download(f"http://{agent.mirror}/v2/{registry}/org/small/manifests/small").finish()


def gauge(agent: Agent, name: str, server: str) -> float | None:
    return agent.metrics().get(f'shoal_origin_{name}{{server="{server}"}}')


def test_a_long_pause(lab, origin):
    """429 for ten minutes: the client is told at once why, the registry is not asked again, and no other registry is concerned."""
    proxy = lab.proxy(origin.registry)
    proxy.add(Rule("", "status", code=429, headers={"Retry-After": "600", "ratelimit-remaining": "0;w=21600"}))
    agent = lab.agent("agent", {REGISTRY: proxy.url, OTHER: origin.registry.url})
    for _ in range(4):
        refused = manifest(agent)
        assert refused.status == 502 and b"limits the rate" in refused.body_start, str(refused)
    assert len(proxy.requests()) == 1
    assert manifest(agent, OTHER).status == 200
    assert gauge(agent, "ratelimit_remaining", proxy.url) == 0
    assert 500 < gauge(agent, "pause_seconds", proxy.url) <= 600
    assert agent.daemon.output.count("limits the rate of requests") >= 1


def test_a_long_pause_costs_nothing_that_was_had(lab, origin):
    """While its registry wants to be left alone, an agent that has an image goes on giving it."""
    proxy = lab.proxy(origin.registry)
    agent = lab.agent("agent", {REGISTRY: proxy.url}, flags=["--tag-ttl", "0"])
    assert skopeo.copy(f"{agent.mirror}/{origin.reference(origin.small)}", lab.path / "first") == origin.small.manifests[NATIVE]
    proxy.add(Rule("", "status", code=429, headers={"Retry-After": "600"}))
    asked = len(proxy.requests())
    for number in range(3):
        assert skopeo.copy(f"{agent.mirror}/{origin.reference(origin.small)}", lab.path / f"again-{number}") == origin.small.manifests[NATIVE]
    assert len(proxy.requests()) == asked + 1


def test_a_tag_is_not_asked_for_twice(lab, origin):
    """What a tag means is asked of its registry once while that is young, and each time where the agent is told so."""
    proxy = lab.proxy(origin.registry)
    patient, eager = [lab.agent(name, {REGISTRY: proxy.url}, flags=flags) for name, flags in [("patient", []), ("eager", ["--tag-ttl", "0"])]]
    for agent, questions in [(patient, 1), (eager, 3)]:
        before = len(proxy.requests("^HEAD"))
        for _ in range(3):
            assert manifest(agent).status == 200
        assert len(proxy.requests("^HEAD")) - before == questions


def test_a_short_pause(lab, origin):
    """429 for two seconds: the client waits, and the registry is asked for nothing before."""
    proxy = lab.proxy(origin.registry)
    proxy.add(Rule("manifests", "status", code=429, headers={"Retry-After": "2"}, times=1))
    agent = lab.agent("agent", {REGISTRY: proxy.url})
    started = time.monotonic()
    assert manifest(agent).status == 200
    assert time.monotonic() - started >= 2
    first, second, *_ = proxy.requests("manifests")
    assert first.status == 429 and second.started - first.ended >= 2


def test_limits_are_told(lab, origin):
    """What the registry says that may still be asked is a metric."""
    proxy = lab.proxy(origin.registry)
    proxy.add(Rule("manifests", "header", headers={"ratelimit-limit": "100;w=21600", "ratelimit-remaining": "76;w=21600"}))
    agent = lab.agent("agent", {REGISTRY: proxy.url})
    assert manifest(agent).status == 200
    assert gauge(agent, "ratelimit_remaining", proxy.url) == 76
    assert gauge(agent, "ratelimit_limit", proxy.url) == 100


def test_what_may_pass_is_tried_again(lab, origin):
    """Two answers of 503 and a reset: the client sees none of it."""
    proxy = lab.proxy(origin.registry)
    proxy.add(Rule("^HEAD .*manifests", "status", code=503, times=2))
    agent = lab.agent("agent", {REGISTRY: proxy.url})
    assert manifest(agent).status == 200
    assert [request.status for request in proxy.requests("^HEAD .*manifests")] == [503, 503, 200]
    assert agent.counter("origin_retries_total") == 2


def test_a_registry_in_trouble_is_left_in_peace(lab, origin):
    """Fifty requests while it answers 500 to everything: it is asked a little more than fifty times."""
    proxy = lab.proxy(origin.registry)
    proxy.add(Rule("", "status", code=500))
    agent = lab.agent("agent", {REGISTRY: proxy.url})
    downloads = [Download(f"http://{agent.mirror}/v2/{REGISTRY}/org/small/manifests/tag-{number}") for number in range(50)]
    assert {download.finish().status for download in downloads} == {502}
    # HEAD for each, and for none of them a GET, since 500 says nothing about HEAD.
    assert 50 <= len(proxy.requests()) <= 50 + 10 + 5

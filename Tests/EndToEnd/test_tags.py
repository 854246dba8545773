"""What agents share through the tracker beside blobs: what a tag means, and which registries want to be left alone."""

from conftest import REGISTRY
from lab.download import Download
from lab.faultproxy import Rule
from lab.shoal import Agent
from lab.waiting import eventually

TAG_HEADS = "^HEAD .*/manifests/small$"


def manifest(agent: Agent) -> Download:
    return Download(f"http://{agent.mirror}/v2/{REGISTRY}/org/small/manifests/small")


def pause(agent: Agent, server: str) -> float:
    return agent.metrics().get(f'shoal_origin_pause_seconds{{server="{server}"}}', 0)


def test_one_question_for_all(lab, origin):
    """Six agents are asked for the same tag at once: the registry is asked once. One that comes later does not ask at all."""
    proxy = lab.proxy(origin.registry)
    proxy.add(Rule(TAG_HEADS, "delay", seconds=1))
    tracker = lab.tracker()
    agents = lab.agents(6, {REGISTRY: proxy.url}, tracker=tracker)
    downloads = [manifest(agent) for agent in agents]
    assert {download.finish().digest for download in downloads} == {origin.small.digest}
    assert len(proxy.requests(TAG_HEADS)) == 1, proxy.requests()
    late = lab.agent("late", {REGISTRY: proxy.url}, tracker=tracker)
    assert manifest(late).finish().digest == origin.small.digest
    assert len(proxy.requests(TAG_HEADS)) == 1, proxy.requests()
    assert tracker.metrics().total("shoal_tracker_tags") == 1


def test_one_proof_for_all(lab, origin):
    """Six agents are asked for the same public image by its digest at once: that everybody may have it is asked of the registry once."""
    proxy = lab.proxy(origin.registry)
    proxy.add(Rule("^HEAD .*/manifests/", "delay", seconds=1))
    agents = lab.agents(6, {REGISTRY: proxy.url}, tracker=lab.tracker())
    downloads = [Download(f"http://{agent.mirror}/v2/{REGISTRY}/org/small/manifests/{origin.small.digest}") for agent in agents]
    assert {download.finish().digest for download in downloads} == {origin.small.digest}
    assert len(proxy.requests("^HEAD ")) == 1, proxy.requests()


def test_whoever_wants_it_fresh_asks(lab, origin):
    """`--tag-ttl 0` believes nobody; a tag that moved is told to the others by whoever asks next."""
    proxy = lab.proxy(origin.registry)
    tracker = lab.tracker()
    patient, eager = [
        lab.agent(name, {REGISTRY: proxy.url}, tracker=tracker, flags=flags)
        for name, flags in [("patient", []), ("eager", ["--tag-ttl", "0"])]
    ]
    for agent, asked in [(patient, 1), (eager, 2), (eager, 3), (patient, 3)]:
        assert manifest(agent).finish().status == 200
        assert len(proxy.requests(TAG_HEADS)) == asked


def test_an_asker_that_dies(lab, origin):
    """The agent that asks for all is killed while it waits: the next one asks."""
    proxy = lab.proxy(origin.registry)
    proxy.add(Rule(TAG_HEADS, "delay", times=1))
    first, second = lab.agents(2, {REGISTRY: proxy.url}, tracker=lab.tracker())
    manifest(first)
    eventually(lambda: proxy.requests(TAG_HEADS), "the first one asks")
    waiting = manifest(second)
    first.kill()
    assert waiting.finish().digest == origin.small.digest
    assert len(proxy.requests(TAG_HEADS)) == 2


def test_a_tag_that_is_not_there(lab, origin):
    """Each client is told that soon."""
    agents = lab.agents(5, {REGISTRY: origin.registry.url}, tracker=lab.tracker())
    downloads = [Download(f"http://{agent.mirror}/v2/{REGISTRY}/org/small/manifests/none") for agent in agents]
    assert {download.finish(20).status for download in downloads} == {404}


def test_without_the_tracker_each_asks(lab, origin):
    proxy = lab.proxy(origin.registry)
    tracker = lab.tracker()
    agents = lab.agents(2, {REGISTRY: proxy.url}, tracker=tracker)
    tracker.kill()
    for number, agent in enumerate(agents):
        assert manifest(agent).finish().digest == origin.small.digest
        assert len(proxy.requests(TAG_HEADS)) == number + 1


def test_a_pause_is_everybodys(lab, origin):
    """One agent is told 429: the others ask nothing either, also one that comes later."""
    proxy = lab.proxy(origin.registry)
    proxy.add(Rule("", "status", code=429, headers={"Retry-After": "600"}))
    tracker = lab.tracker()
    agents = lab.agents(2, {REGISTRY: proxy.url}, tracker=tracker)
    assert manifest(agents[0]).finish().status == 502
    asked = len(proxy.requests())
    agents.append(lab.agent("late", {REGISTRY: proxy.url}, tracker=tracker))
    for agent in agents:
        eventually(lambda: 500 < pause(agent, proxy.url) <= 600, f"{agent.name} leaves it alone")
        refused = manifest(agent).finish()
        assert refused.status == 502 and b"limits the rate" in refused.body_start, str(refused)
    assert len(proxy.requests()) == asked
    assert tracker.daemon.output.count("all agents are told") == 1

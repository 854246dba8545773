"""Blobs of a manifest that a client was given are on their way before the client asks for them."""

import pytest

from conftest import REGISTRY
from lab.images import NATIVE
from lab.shoal import get, shoal
from lab.waiting import eventually


def manifest(agent, origin) -> None:
    """A client that gets the image's manifest and nothing else."""
    get(f"http://{agent.mirror}/v2/{REGISTRY}/org/{origin.name(origin.large)}/manifests/{origin.large.manifests[NATIVE]}")


def named(origin) -> set[str]:
    """Config and layers of the image."""
    return origin.large.blobs[NATIVE].keys() - {origin.large.manifests[NATIVE]}


def test_what_a_manifest_names_comes_by_itself(lab, origin):
    """One client asks one agent for a manifest; another agent then has the same blobs from it, still at one copy from the origin."""
    proxy = lab.proxy(origin.registry)
    first, second = lab.agents(2, origin.at(proxy.url), tracker=lab.tracker())
    for agent in (first, second):
        manifest(agent, origin)
        eventually(lambda: all(agent.holds(digest) for digest in named(origin)), f"{agent.name} has fetched what the manifest names")
    for digest in named(origin):
        assert len(proxy.requests(f"^GET .*{digest}")) == 1
        assert second.counter("peer_received_bytes_total") > 0


def test_it_can_be_turned_off(lab, origin):
    agent = lab.agent("agent", origin.at(origin.registry.url), tracker=lab.tracker(), flags=["--prefetch", "0"])
    manifest(agent, origin)
    digest = next(iter(named(origin)))
    get(f"http://{agent.mirror}{origin.blob(origin.large, digest)}")
    eventually(lambda: agent.counter("transfers_active") == 0, "what was asked for is stored")
    assert {blob["digest"] for blob in agent.api("blobs")["blobs"]} == {origin.large.manifests[NATIVE], digest}


@pytest.mark.parametrize("word", ["-1", "many"])
def test_a_wrong_number_is_refused(word):
    refused = shoal("agent", f"--prefetch={word}", check=False)
    assert refused.returncode == 64
    assert "prefetch" in refused.stderr

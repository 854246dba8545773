"""What operators scrape and script against."""

import http.client
import json
import urllib.error

import pytest

from conftest import REGISTRY
from lab import skopeo
from lab.download import Download
from lab.shoal import get
from lab.waiting import eventually

AGENT_METRICS = [
    "origin_received_bytes_total", "peer_received_bytes_total", "peer_sent_bytes_total", "mirror_sent_bytes_total",
    "rejected_bytes_total", "duplicate_bytes_total", "blobs_held", "store_bytes", "transfers_active",
    "mirror_first_byte_seconds_bucket", "mirror_first_byte_seconds_sum", "mirror_first_byte_seconds_count",
]  # fmt: skip
TRACKER_METRICS = ["nodes", "swarms", "members", "leases_active", "joins_total"]


@pytest.fixture
def pulled(lab, origin):
    """A tracker and two agents that have both pulled the small image."""
    tracker = lab.tracker()
    agents = lab.agents(2, origin.at(origin.registry.url), tracker=tracker)
    for agent in agents:
        skopeo.copy(f"{agent.mirror}/{origin.reference(origin.small)}", lab.path / agent.name / "pulled")
    return tracker, agents


def test_metrics_have_the_names_that_were_promised(pulled):
    tracker, agents = pulled
    for agent in agents:
        metrics = agent.metrics()
        assert [name for name in AGENT_METRICS if not metrics.has("shoal_" + name)] == []
    metrics = tracker.metrics()
    assert [name for name in TRACKER_METRICS if not metrics.has("shoal_tracker_" + name)] == []
    assert metrics.total("shoal_tracker_nodes") == 2


def test_metrics_agree_with_what_happened(origin, pulled):
    """What one agent received from its peer, the other sent; the store holds what was pulled."""
    _, agents = pulled
    eventually(
        lambda: sum(agent.counter("peer_received_bytes_total") for agent in agents)
        == sum(agent.counter("peer_sent_bytes_total") for agent in agents),
        "as much was received from peers as was sent to them",
    )
    for agent in agents:
        assert agent.counter("blobs_held") == len(agent.api("blobs")["blobs"]) >= 4
        assert agent.counter("store_bytes") >= origin.small.size() - 10_000
        assert agent.counter("transfers_active") == 0


def test_api(origin, pulled):
    """The JSON of tracker and agents names the same digests and nodes."""
    tracker, agents = pulled
    digest, size = origin.small.largest_layer()
    for agent in agents:
        held = {blob["digest"]: blob["size"] for blob in agent.api("blobs")["blobs"]}
        assert held[digest] == size
    nodes = {agent.node for agent in agents}
    assert len(nodes) == 2
    assert all(tracker.knows(node) for node in nodes)
    eventually(lambda: tracker.members(digest) == nodes, "both agents are members of the swarm")
    assert agents[1].transfer(digest)["bytesFromPeers"] == size


def test_health(pulled):
    tracker, agents = pulled
    for service in [tracker, *agents]:
        get(service.http + "/healthz")
        get(service.http + "/readyz")


@pytest.mark.parametrize("method", ["PUT", "POST", "PATCH", "DELETE"])
def test_writes_are_refused(pulled, method):
    """405 and an OCI error for whoever pushes to a mirror."""
    _, agents = pulled
    connection = http.client.HTTPConnection(agents[0].mirror, timeout=10)
    connection.request(method, f"/v2/{REGISTRY}/org/small/manifests/new", body=b"{}")
    response = connection.getresponse()
    assert response.status == 405
    assert json.loads(response.read())["errors"][0]["code"] == "UNSUPPORTED"
    connection.close()


@pytest.mark.parametrize(
    "path, statuses",
    [
        ("/v2/", [200]),
        (f"/v2/{REGISTRY}/org/small/tags/list", [200]),
        (f"/v2/{REGISTRY}/org/small/blobs/sha256:nonsense", [400, 404]),
        ("/elsewhere", [404]),
    ],
    ids=["ping", "tags", "malformed digest", "outside /v2/"],
)
def test_mirror_statuses(pulled, path, statuses):
    """What the mirror answers on paths that are no manifest and no blob (OCI distribution-spec)."""
    _, agents = pulled
    assert Download(f"http://{agents[0].mirror}{path}").finish().status in statuses


def test_unknown_api_path_is_404(pulled):
    _, agents = pulled
    with pytest.raises(urllib.error.HTTPError, match="404"):
        get(agents[0].http + "/api/v1/nothing")

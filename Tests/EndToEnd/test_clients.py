"""Every client pulls through an agent as its user would, in every way of docs/clients.md, gets the digest that was pushed, and the image runs."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from conftest import slow_blobs
from lab import skopeo
from lab.clients import CLIENTS
from lab.images import GREETING, NATIVE, Image, Layer, Layout
from lab.running import CannotRun
from lab.shoal import shoal
from lab.waiting import eventually

NOWHERE = "127.0.0.1:1"
"""The registry for clients whose bytes must all come through an agent."""

every_way = pytest.mark.parametrize("way", CLIENTS)


@pytest.fixture
def agent(lab, origin):
    """One agent with a tracker, as on a single node."""
    return lab.agent("agent", origin.at(origin.registry.url), tracker=lab.tracker())


@pytest.fixture(scope="module")
def pinned(origin, tmp_path_factory) -> Image:
    """An image for two platforms that shares no layer with the others but the base, to be pulled by digest."""
    layout = Layout(tmp_path_factory.mktemp("pinned"))
    image = layout.add("pinned", [Layer("other", 300 << 10), Layer("data", 1 << 20, portable=True)], ("amd64", "arm64"))
    origin.registry.push(image, "org/pinned")
    return image


@every_way
def test_pull_and_run(lab, origin, agent, pinned, way):
    """By tag and by digest, images for several platforms, nothing past the agent; then the image runs."""
    client = CLIENTS[way](lab, NOWHERE)
    client.through(agent.mirror)
    assert client.pull("org/small:small") == origin.small.digest
    assert client.pull(f"org/pinned@{pinned.digest}") == pinned.digest
    if client.runs:
        try:
            assert client.run("org/small:small").strip() == GREETING
        except CannotRun as reason:
            pytest.skip(f"pulled by tag and digest, but this machine does not let {way} run it: {reason}")


@every_way
def test_origin_stopped(lab, origin, pinned, way):
    """The registry is stopped after the first node has two images: that node serves them by tag, and any other one by digest."""
    first, second = lab.agents(2, origin.at(origin.registry.url), tracker=lab.tracker())
    for image in ("small:small", "pinned:pinned"):
        skopeo.copy(f"{first.mirror}/{CLIENTS[way].registry}/org/{image}", lab.path / "first" / image, every_platform=True)
    origin.registry.stop()
    try:
        client = CLIENTS[way](lab, NOWHERE)
        client.through(second.mirror)
        assert client.pull(f"org/pinned@{pinned.digest}") == pinned.digest
        client.through(first.mirror)
        assert client.pull("org/small:small") == origin.small.digest
        assert second.counter("peer_received_bytes_total") > 0 and second.counter("origin_received_bytes_total") == 0
    finally:
        origin.registry.start()


@pytest.mark.parametrize("way", [name for name, client in CLIENTS.items() if client.falls_back != "never"])
def test_agent_killed_in_the_middle(lab, origin, way):
    """The agent dies in the middle of a layer: clients that know to go on at the registry do, the others turn to it with the next pull."""
    proxy = lab.proxy(origin.registry)
    proxy.add(slow_blobs())
    agent = lab.agent("agent", origin.at(proxy.url), tracker=lab.tracker())
    beyond = lab.proxy(origin.registry)
    client = CLIENTS[way](lab, beyond.url.removeprefix("http://"))
    client.through(agent.mirror)
    with ThreadPoolExecutor(1) as pool:
        pull = pool.submit(client.pull, "org/large:large")
        eventually(lambda: pull.done() or agent.counter("mirror_sent_bytes_total") > 6 << 20, "the client has a part of the layer")
        assert not pull.done()
        agent.kill()
        if client.falls_back == "in the middle":
            assert pull.result(60) == origin.large.digest
            rest = beyond.requests(f"^GET .*/blobs/{origin.large.largest_layer()[0]}")
            assert [bool(request.range_start) for request in rest] == [client.resumes], rest
        else:
            with pytest.raises(AssertionError, match="unexpected EOF"):
                pull.result(60)
            assert client.pull("org/large:large") == origin.large.digest


def test_shoal_pull(lab, origin, agent):
    """`shoal pull REF --agent URL -o DIR` writes an OCI layout that other tools can read."""
    target = lab.path / "layout"
    shoal("pull", origin.reference(origin.small), "--agent", f"http://{agent.mirror}", "-o", target)
    index = json.loads((target / "index.json").read_text())
    digests = {entry["digest"] for entry in index["manifests"]}
    assert digests <= {origin.small.digest, *origin.small.manifests.values()} and digests
    for digest, size in origin.small.blobs[NATIVE].items():
        if digest != origin.small.digest:  # the index need not be kept when one platform was asked for
            assert (target / "blobs/sha256" / digest.removeprefix("sha256:")).stat().st_size == size
    assert json.loads((target / "oci-layout").read_text())["imageLayoutVersion"] == "1.0.0"


def test_shoal_pull_json(lab, origin, agent):
    """`--json` prints JSON and nothing else on standard output."""
    pulled = shoal("pull", origin.reference(origin.large), "--agent", f"http://{agent.mirror}", "-o", lab.path / "layout", "--json")
    assert origin.large.digest in pulled.stdout
    json.loads(pulled.stdout.splitlines()[-1] if pulled.stdout.startswith('{"') else pulled.stdout)


def test_shoal_status(lab, origin, agent):
    """`shoal status` shows what the agent holds, for people and as JSON."""
    skopeo.copy(f"{agent.mirror}/{origin.reference(origin.large)}", lab.path / "pulled")
    digest, _ = origin.large.largest_layer()
    assert digest[:19] in shoal("status", "--agent", agent.http).stdout
    assert digest in shoal("status", "--agent", agent.http, "--json").stdout
    json.loads(shoal("status", "--agent", agent.http, "--json").stdout)

"""The origin misbehaves or is away; what can be served is served, and what cannot is said plainly."""

import json

import pytest

from conftest import REGISTRY
from lab import skopeo
from lab.download import Download
from lab.faultproxy import Rule
from lab.waiting import eventually

ABSENT = "sha256:" + "0" * 64


@pytest.mark.parametrize("fault", ["reset", "truncate"])
def test_origin_that_breaks_off(lab, origin, fault):
    """The origin breaks off in the middle of a blob: the agent asks for the rest, by Range, and its client sees nothing of it."""
    proxy = lab.proxy(origin.registry)
    digest, size = origin.large.largest_layer()
    proxy.add(Rule(f"^GET .*{digest}", fault, at=20_000_000, times=1))
    agent = lab.agent("agent", origin.at(proxy.url), tracker=lab.tracker())
    download = Download(f"http://{agent.mirror}{origin.blob(origin.large, digest)}").finish()
    assert (download.status, download.digest) == (200, digest), str(download)
    broken, *retries = proxy.requests(f"^GET .*{digest}")
    assert retries and all(retry.range_start for retry in retries), retries
    proxy.settle()
    assert proxy.body_bytes(digest) < 1.5 * size


def test_origin_that_knows_no_ranges(lab, origin):
    """The origin breaks off and then answers the Range with the whole blob: still the right bytes."""
    proxy = lab.proxy(origin.registry)
    digest, _ = origin.large.largest_layer()
    proxy.add(Rule(f"^GET .*{digest}", "truncate", at=5_000_000, times=1))
    proxy.add(Rule(f"^GET .*{digest}", "noranges"))
    agent = lab.agent("agent", origin.at(proxy.url), tracker=lab.tracker())
    assert Download(f"http://{agent.mirror}{origin.blob(origin.large, digest)}").finish().digest == digest


def test_origin_that_sends_wrong_bytes(lab, origin):
    """A corrupted blob never reaches a client as a whole, nor the store; the next attempt gets the right one."""
    proxy = lab.proxy(origin.registry)
    digest, size = origin.large.largest_layer()
    proxy.add(Rule(f"^GET .*{digest}", "corrupt", at=30_000_000))
    agent = lab.agent("agent", origin.at(proxy.url), tracker=lab.tracker())
    url = f"http://{agent.mirror}{origin.blob(origin.large, digest)}"
    harmed = Download(url).finish()
    assert harmed.status != 200 or harmed.received < size, f"must not be whole: {harmed}"
    assert not agent.holds(digest)
    proxy.lift()
    assert eventually(lambda: Download(url).finish().digest == digest, "the right bytes are served", 30)


def test_origin_down_but_blob_in_the_swarm(lab, origin):
    """The registry is stopped: the agent that pulled an image serves it by tag, and every other one by digest."""
    first, second = lab.agents(2, origin.at(origin.registry.url), tracker=lab.tracker())
    skopeo.copy(f"{first.mirror}/{origin.reference(origin.large)}", lab.path / "first")
    digest, _ = origin.large.largest_layer()
    eventually(lambda: first.holds(digest), "the first agent holds the layer")
    origin.registry.stop()
    try:
        blob = Download(f"http://{second.mirror}{origin.blob(origin.large, digest)}").finish()
        assert blob.digest == digest
        assert skopeo.copy(f"{first.mirror}/{origin.reference(origin.large)}", lab.path / "again") == origin.large.digest
        by_digest = origin.reference(origin.large).rpartition(":")[0] + "@" + origin.large.digest
        assert skopeo.copy(f"{second.mirror}/{by_digest}", lab.path / "second") == origin.large.digest
    finally:
        origin.registry.start()


@pytest.mark.parametrize(
    "path, names",
    [(f"blobs/{ABSENT}", ABSENT), ("manifests/no-such-tag", "no-such-tag"), (f"manifests/{ABSENT}", ABSENT)],
    ids=["blob", "tag", "manifest"],
)
def test_nothing_has_it(lab, origin, path, names):
    """404, and an OCI error that names what is missing."""
    agent = lab.agent("agent", origin.at(origin.registry.url), tracker=lab.tracker())
    missing = Download(f"http://{agent.mirror}/v2/{REGISTRY}/org/small/{path}").finish()
    assert missing.status == 404
    assert missing.headers["content-type"] == "application/json"
    error = json.loads(missing.body_start)["errors"][0]
    assert error["code"] in ("BLOB_UNKNOWN", "MANIFEST_UNKNOWN", "NAME_UNKNOWN")
    assert names in missing.body_start.decode()


def test_origin_unreachable(lab, origin):
    """404 or 502, and an OCI error that names the registry which failed."""
    agent = lab.agent("agent", {REGISTRY: "http://127.0.0.1:1"}, tracker=lab.tracker())
    failed = Download(f"http://{agent.mirror}/v2/{REGISTRY}/org/small/manifests/small").finish()
    assert failed.status in (404, 502)
    json.loads(failed.body_start)
    assert REGISTRY in failed.body_start.decode()

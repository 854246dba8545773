"""Whatever a registry holds passes through byte for byte: manifests and blobs of every media type."""

import gzip
import hashlib
import http.client
import json
import subprocess
from dataclasses import dataclass, field

import pytest
from conftest import REGISTRY
from lab import skopeo
from lab.cluster import Lab
from lab.images import CONFIG, INDEX, LAYER, MANIFEST, Layer, Layout
from lab.processes import run
from lab.pushing import push_blob, push_manifest

DOCKER = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json"
DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"
DOCKER_FOREIGN = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"
SCHEMA1 = "application/vnd.docker.distribution.manifest.v1+prettyjws"
EMPTY = "application/vnd.oci.empty.v1+json"

TAR = bytes(10240)
"""A tar without files."""
ZSTD = subprocess.run(["zstd", "-q", "-c"], input=TAR, stdout=subprocess.PIPE, check=True).stdout
GZIP = gzip.compress(TAR, mtime=0)


@dataclass
class Kind:
    """What is pushed: a manifest of a config and layers."""

    media_type: str
    config: tuple[str, bytes] = (CONFIG, b'{"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": []}}')
    layers: list[tuple[str, bytes]] = field(default_factory=list)
    more: dict = field(default_factory=dict)
    """Further fields of the manifest."""
    indent: int | None = 3
    """As some tools write manifests: they are never written anew."""
    says_type: bool = True


KINDS = {
    "oci": Kind(MANIFEST, layers=[(LAYER + "+gzip", GZIP)]),
    "oci without its type in it": Kind(MANIFEST, layers=[(LAYER + "+gzip", GZIP)], says_type=False),
    "oci, zstd": Kind(MANIFEST, layers=[(LAYER + "+zstd", ZSTD)]),
    "oci, uncompressed": Kind(MANIFEST, layers=[(LAYER, TAR)], indent=None),
    "oci, an empty layer": Kind(MANIFEST, layers=[(LAYER, b"")]),
    "oci, an artifact": Kind(
        MANIFEST,
        config=(EMPTY, b"{}"),
        layers=[("application/vnd.example.sbom+json", b'{"sbom": true}')],
        more={"artifactType": "application/vnd.example.sbom", "annotations": {"org.example": "\u00e9"}},
    ),
    "docker": Kind(DOCKER, config=(DOCKER_CONFIG, b'{"architecture": "amd64", "os": "linux"}'), layers=[(DOCKER_LAYER, GZIP)]),
}


@pytest.fixture(scope="module")
def registry():
    lab = Lab()
    yield lab.registry(accepts_all=True)
    lab.close()


@pytest.fixture
def agents(lab, registry):
    """Two agents: what one has from the registry, the other has from that one."""
    return lab.agents(2, {REGISTRY: registry.url}, tracker=lab.tracker())


def fetch(agent, path: str, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(agent.mirror, timeout=60)
    try:
        connection.request(method, path, headers={"Accept": "*/*"})
        response = connection.getresponse()
        return response.status, {key.lower(): value for key, value in response.getheaders()}, response.read()
    finally:
        connection.close()


def assert_same(agents, path: str, data: bytes, digest: str, media_type: str) -> None:
    """Every agent says of the content, and gives, exactly what was pushed."""
    for agent in agents:
        for method in ("HEAD", "GET", "GET"):
            status, headers, body = fetch(agent, path, method)
            assert status == 200, f"{method} {path}: {body!r}"
            assert body == (data if method == "GET" else b"")
            assert headers["content-type"] == media_type
            assert headers["docker-content-digest"] == digest
            assert headers["content-length"] == str(len(data))
            assert "content-encoding" not in headers


@pytest.mark.parametrize("name", KINDS)
def test_manifests_and_blobs_pass_through(registry, agents, name):
    kind = KINDS[name]
    repository = "org/" + name.replace(", ", "-").replace(" ", "-")
    described = [{"mediaType": type, **push_blob(registry, repository, data)} for type, data in [kind.config, *kind.layers]]
    said = {"mediaType": kind.media_type} if kind.says_type else {}
    content = {"schemaVersion": 2, **said, "config": described[0], "layers": described[1:], **kind.more}
    manifest = json.dumps(content, indent=kind.indent, ensure_ascii=False).encode() + b"\n"
    digest = push_manifest(registry, repository, "v1", manifest, kind.media_type)
    for reference in ("v1", digest):
        assert_same(agents, f"/v2/{REGISTRY}/{repository}/manifests/{reference}", manifest, digest, kind.media_type)
    for descriptor, (_, data) in zip(described, [kind.config, *kind.layers]):
        path = f"/v2/{REGISTRY}/{repository}/blobs/{descriptor['digest']}"
        assert_same(agents, path, data, descriptor["digest"], "application/octet-stream")


@pytest.mark.parametrize("index_type, manifest_type", [(INDEX, MANIFEST), (DOCKER_LIST, DOCKER)])
def test_indexes_pass_through(registry, agents, index_type, manifest_type):
    repository = "org/" + index_type.split(".")[-2]
    platforms = []
    for architecture in ("amd64", "arm64"):
        config = push_blob(registry, repository, json.dumps({"architecture": architecture, "os": "linux"}).encode())
        content = {"schemaVersion": 2, "mediaType": manifest_type, "config": {"mediaType": CONFIG, **config}, "layers": []}
        manifest = json.dumps(content).encode()
        digest = push_manifest(registry, repository, architecture, manifest, manifest_type)
        platform = {"architecture": architecture, "os": "linux"}
        platforms.append({"mediaType": manifest_type, "digest": digest, "size": len(manifest), "platform": platform})
    index = json.dumps({"schemaVersion": 2, "mediaType": index_type, "manifests": platforms}).encode()
    digest = push_manifest(registry, repository, "v1", index, index_type)
    for reference in ("v1", digest):
        assert_same(agents, f"/v2/{REGISTRY}/{repository}/manifests/{reference}", index, digest, index_type)


def test_foreign_layers_are_named_and_not_asked_for(lab, registry):
    """The registry does not have them: neither are they fetched ahead, nor does a client that asks wait."""
    repository = "org/foreign"
    proxy = lab.proxy(registry)
    agent = lab.agent("agent", {REGISTRY: proxy.url}, tracker=lab.tracker())
    config = push_blob(registry, repository, b"{}")
    foreign = f"sha256:{hashlib.sha256(b'elsewhere').hexdigest()}"
    layer = {"mediaType": DOCKER_FOREIGN, "digest": foreign, "size": 9, "urls": ["https://example.com/layer"]}
    content = {"schemaVersion": 2, "mediaType": DOCKER, "config": {"mediaType": DOCKER_CONFIG, **config}, "layers": [layer]}
    manifest = json.dumps(content).encode()
    digest = push_manifest(registry, repository, "v1", manifest, DOCKER)
    assert_same([agent], f"/v2/{REGISTRY}/{repository}/manifests/v1", manifest, digest, DOCKER)
    assert fetch(agent, f"/v2/{REGISTRY}/{repository}/blobs/{config['digest']}")[2] == b"{}"
    assert not proxy.requests(foreign)
    status, _, body = fetch(agent, f"/v2/{REGISTRY}/{repository}/blobs/{foreign}")
    assert status == 404 and json.loads(body)["errors"][0]["code"] == "BLOB_UNKNOWN"


def test_schema_1_passes_through(lab, registry, agents):
    """Its digest is that of what was signed, and the registry signs anew: each client gets what the registry gives, once that is verified."""
    image = Layout(lab.path / "layout").add("v1", [Layer("old", 100 << 10)])
    run(
        ["skopeo", "--insecure-policy", "copy", "--quiet", "--format=v2s1", "--dest-tls-verify=false"]
        + [f"oci:{image.layout}:v1", f"docker://{registry.address}/org/old:v1"],
        seconds=60,
    )
    for agent in agents:
        path = f"/v2/{REGISTRY}/org/old/manifests/"
        status, headers, body = fetch(agent, path + "v1")
        assert status == 200, body
        assert headers["content-type"] == SCHEMA1 and json.loads(body)["schemaVersion"] == 1 and json.loads(body)["signatures"]
        digest = headers["docker-content-digest"]
        assert fetch(agent, path + "v1", "HEAD")[1]["docker-content-digest"] == digest
        # containerd asks for a tag with HEAD and then for the digest.
        assert fetch(agent, path + digest)[1]["docker-content-digest"] == digest
        assert skopeo.copy(f"{agent.mirror}/{REGISTRY}/org/old:v1", lab.path / f"pulled-{agent.name}") == digest

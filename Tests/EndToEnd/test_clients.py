"""Every client pulls through an agent as its user would, gets the digest that was pushed, and the image runs."""

import json

import pytest

from conftest import REGISTRY
from lab import skopeo
from lab.images import GREETING, NATIVE
from lab.shoal import shoal


@pytest.fixture
def agent(lab, origin):
    """One agent with a tracker, as on a single node."""
    return lab.agent("agent", origin.at(origin.registry.url), tracker=lab.tracker())


def test_skopeo_by_path(lab, origin, agent):
    """`skopeo copy docker://127.0.0.1:5000/registry.example.com/org/small:small` (podman and CRI-O read images alike)."""
    source = f"{agent.mirror}/{origin.reference(origin.small)}"
    assert skopeo.copy(source, lab.path / "native") == origin.small.manifests[NATIVE]
    assert skopeo.copy(source, lab.path / "all", every_platform=True) == origin.small.digest


def test_skopeo_by_digest(lab, origin, agent):
    """A reference with a digest instead of a tag."""
    name, _, _ = origin.reference(origin.small).rpartition(":")
    source = f"{agent.mirror}/{name}@{origin.small.digest}"
    assert skopeo.copy(source, lab.path / "all", every_platform=True) == origin.small.digest


def test_containerd_by_hosts_toml(lab, origin, agent):
    """`ctr images pull --hosts-dir` with the agent named in hosts.toml; nothing comes past the agent; the image runs."""
    containerd = lab.containerd()
    containerd.mirror(REGISTRY, agent.mirror, origin="http://127.0.0.1:1")
    reference = origin.reference(origin.small)
    assert containerd.pull(reference) == origin.small.digest
    assert containerd.run(reference).strip() == GREETING


def test_docker_by_registry_mirror(lab, origin, agent):
    """`docker pull org/small` with the agent as `--registry-mirror`; the image runs."""
    docker = lab.docker(mirror=agent.mirror)
    assert docker.pull("org/small:small") == origin.small.digest
    assert docker.run("org/small:small").strip() == GREETING
    assert agent.counter("mirror_sent_bytes_total") >= sum(origin.small.blobs[NATIVE].values())


def test_docker_by_path(lab, origin, agent):
    """`docker pull 127.0.0.1:5000/registry.example.com/org/small`: any registry, without a mirror in dockerd's settings."""
    docker = lab.docker()
    reference = f"{agent.mirror}/{origin.reference(origin.small)}"
    assert docker.pull(reference) == origin.small.digest
    assert docker.run(reference).strip() == GREETING


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

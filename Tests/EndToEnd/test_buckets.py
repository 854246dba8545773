"""Origins that are files: a web server that knows nothing of registries, and an S3 bucket."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import REGISTRY, Origin
from lab import skopeo
from lab.download import Download
from lab.images import Image
from lab.staticserver import HIDES_WHAT_IT_LACKS, REFUSES_HEAD


def files(image: Image, repository: str) -> Iterator[tuple[str, Path]]:
    """Where a static registry has each file of an image: its path, and the file in the image's layout."""
    blobs = image.layout / "blobs/sha256"
    manifests = {image.digest, *image.manifests.values()}
    for digest in {digest for sizes in image.blobs.values() for digest in sizes} | manifests:
        kind = "manifests" if digest in manifests else "blobs"
        yield f"v2/{repository}/{kind}/{digest}", blobs / digest.removeprefix("sha256:")
    yield f"v2/{repository}/manifests/{image.tag}", blobs / image.digest.removeprefix("sha256:")


@pytest.fixture
def site(lab, origin):
    """Makes a web server with the images in it, in a folder of its own; `server` are more lines of its configuration."""

    def make(**options):
        server = lab.static_server(**options)
        for image in (origin.small, origin.large):
            for path, file in files(image, f"org/{origin.name(image)}"):
                target = server.root / "images" / path
                target.parent.mkdir(parents=True, exist_ok=True)
                if not target.exists():
                    target.write_bytes(file.read_bytes())
        return server

    return make


@pytest.fixture
def bucket(lab, origin) -> str:
    """The URL of a public bucket with the images in it, every object `binary/octet-stream`."""
    server = lab.s3_server()
    server.make("images")
    for image in (origin.small, origin.large):
        for path, file in files(image, f"org/{origin.name(image)}"):
            server.put("images", f"some/prefix/{path}", file.read_bytes())
    return f"{server.url}/images/some/prefix"


def pull_through_two(lab, origin: Origin, url: str) -> list:
    """One agent pulls from `url`, then another from it; an image of one platform, of all, and a layer that takes many ranges."""
    agents = lab.agents(2, origin.at(url), tracker=lab.tracker())
    for agent in agents:
        small = skopeo.copy(f"{agent.mirror}/{origin.reference(origin.small)}", agent.directory / "small", every_platform=True)
        large = skopeo.copy(f"{agent.mirror}/{origin.reference(origin.large)}", agent.directory / "large")
        assert (small, large) == (origin.small.digest, origin.large.digest)
        assert agent.counter("rejected_bytes_total") == 0
    assert agents[1].counter("origin_received_bytes_total") == 0, "all of it came from the other agent"
    return agents


def test_a_web_server(lab, origin, site):
    """No ping, no digests, no media types: the agent makes up for it, reads layers by ranges, and the second node needs the server no more
    than to ask what the tag means."""
    server = site()
    pull_through_two(lab, origin, f"{server.url}/images")
    digest, size = origin.large.largest_layer()
    ranges = [sent for method, path, status, sent in server.requests() if path.endswith(digest) and status == 206]
    assert len(ranges) > 1 and sum(ranges) == size, ranges
    assert not any(path.endswith("/v2/") for _, path, _, _ in server.requests())


@pytest.mark.parametrize("type", [None, "text/html", "application/json"])
def test_types_are_read_from_the_documents(lab, origin, site, type):
    """Whatever the server says, clients hear the type that the document itself has; a client that has none would fail."""
    lines = f"location / {{ types {{}} default_type '{type or ''}'; }}"
    agent = lab.agent("agent", origin.at(f"{site(server=lines).url}/images"))
    for image in (origin.small, origin.large):
        answer = Download(f"http://{agent.mirror}/v2/{REGISTRY}/org/{origin.name(image)}/manifests/{image.tag}").finish()
        document = json.loads((image.layout / "blobs/sha256" / image.digest.removeprefix("sha256:")).read_text())
        assert answer.headers["content-type"] == document["mediaType"], str(answer)
        assert answer.headers["docker-content-digest"] == image.digest


def test_a_server_without_head(lab, origin, site):
    """HEAD is refused with 403, as by a policy that allows only GET."""
    agent = lab.agent("agent", origin.at(f"{site(server=REFUSES_HEAD).url}/images"))
    assert skopeo.copy(f"{agent.mirror}/{origin.reference(origin.large)}", lab.path / "image") == origin.large.digest


def test_403_for_what_is_not_there(lab, origin, site):
    """S3's answer to somebody who may not list keys: to a client that is an image that is not there, with words that say what it may be."""
    agent = lab.agent("agent", origin.at(f"{site(server=HIDES_WHAT_IT_LACKS).url}/images"))
    for path in ("org/small/manifests/none", f"org/small/manifests/sha256:{'0' * 64}", f"org/small/blobs/sha256:{'0' * 64}"):
        answer = Download(f"http://{agent.mirror}/v2/{REGISTRY}/{path}").finish()
        assert answer.status == 404 and b"bucket" in answer.body_start, str(answer)
    assert skopeo.copy(f"{agent.mirror}/{origin.reference(origin.large)}", lab.path / "image") == origin.large.digest


def test_a_bucket(lab, origin, bucket):
    """moto's S3, whose policy lets anybody GET objects and nothing else: HEAD is answered with 403."""
    pull_through_two(lab, origin, bucket)


def test_containerd_through_an_agent_from_a_bucket(lab, origin, bucket):
    agent = lab.agent("agent", origin.at(bucket))
    containerd = lab.containerd()
    containerd.mirror(REGISTRY, agent.mirror, None)
    assert containerd.pull(origin.reference(origin.small)) == origin.small.digest
    assert containerd.pull(origin.reference(origin.large)) == origin.large.digest

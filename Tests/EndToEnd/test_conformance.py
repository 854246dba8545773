"""What OCI distribution 1.1 wants of a registry that is pulled from, of an agent in front of one: the pull tests of its conformance suite, in our words."""

import email
import email.policy
import hashlib
import http.client
import json
import socket
from dataclasses import dataclass, field

import pytest

from conftest import REGISTRY
from lab.cluster import Lab
from lab.images import INDEX, MANIFEST, Image, Layer, Layout
from lab.pushing import push_blob
from lab.registry import Registry
from lab.shoal import Agent

NAME = f"{REGISTRY}/org/app"
BLOB = bytes((number * 7 + number // 256) % 256 for number in range(2048))
EMPTY, BRACES = b"", b"{}"
UNKNOWN = "sha256:" + hashlib.sha256(b"nobody has this").hexdigest()


def digest(content: bytes, algorithm: str = "sha256") -> str:
    return f"{algorithm}:{hashlib.new(algorithm, content).hexdigest()}"


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def is_error(self, code: str | None = None) -> None:
        """The body is the OCI's JSON, with this code in it."""
        assert self.headers["content-type"] == "application/json"
        errors = json.loads(self.body)["errors"]
        assert errors and all(error["message"] for error in errors)
        if code:
            assert code in [error["code"] for error in errors], errors


def ask(address: str, method: str, path: str, headers: dict[str, str] | None = None, body: bytes | None = None) -> Answer:
    connection = http.client.HTTPConnection(address, timeout=30)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
    finally:
        connection.close()


@dataclass
class Place:
    agent: Agent
    registry: Registry
    image: Image
    tags: list[str] = field(default_factory=lambda: ["a", "b", "c", "d", "latest"])

    def ask(self, method: str, rest: str, headers: dict[str, str] | None = None, name: str = NAME) -> Answer:
        return ask(self.agent.mirror, method, f"/v2/{name}/{rest}", headers)


@pytest.fixture(scope="module")
def place():
    lab = Lab()
    registry = lab.registry()
    layout = Layout(lab.path / "layout")
    image = layout.add("latest", [Layer("app", 100 << 10)], ("amd64", "arm64"))
    registry.push(image, "org/app")
    manifest = ask(registry.address, "GET", f"/v2/org/app/manifests/{image.digest}", {"Accept": INDEX})
    for tag in "abcd":
        assert ask(registry.address, "PUT", f"/v2/org/app/manifests/{tag}", {"Content-Type": INDEX}, manifest.body).status == 201
    for content in [BLOB, EMPTY, BRACES]:
        push_blob(registry, "org/app", content)
    push_blob(registry, "org/app", BLOB, "sha512")
    agent = lab.agent("agent", {REGISTRY: registry.url})
    yield Place(agent, registry, image)
    lab.close()


@pytest.mark.parametrize("path", ["/v2/", "/v2", f"/v2/?ns={REGISTRY}"])
def test_ping(place, path):
    answer = ask(place.agent.mirror, "GET", path)
    assert answer.status == 200
    assert answer.headers["docker-distribution-api-version"] == "registry/2.0"


@pytest.mark.parametrize("how", ["fetched", "held"])
@pytest.mark.parametrize("method", ["HEAD", "GET"])
@pytest.mark.parametrize(
    ("content", "algorithm"),
    [(BLOB, "sha256"), (EMPTY, "sha256"), (BRACES, "sha256"), (BLOB, "sha512")],
    ids=["2048 bytes", "empty", "braces", "sha512"],
)
def test_blobs(place, content, algorithm, method, how):
    name = digest(content, algorithm)
    answer = place.ask(method, f"blobs/{name}")
    assert answer.status == 200, answer
    assert answer.body == (content if method == "GET" else b"")
    assert answer.headers["content-length"] == str(len(content))
    assert answer.headers["docker-content-digest"] == name
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-type"] == "application/octet-stream"


@pytest.mark.parametrize("method", ["HEAD", "GET"])
@pytest.mark.parametrize("by", ["tag", "digest", "platform"])
def test_manifests(place, by, method):
    platform = place.image.manifests["amd64"]
    reference, name, kind = {
        "tag": ("latest", place.image.digest, INDEX),
        "digest": (place.image.digest, place.image.digest, INDEX),
        "platform": (platform, platform, MANIFEST),
    }[by]
    answer = place.ask(method, f"manifests/{reference}", {"Accept": f"{MANIFEST}, {INDEX}"})
    assert answer.status == 200, answer
    assert answer.headers["docker-content-digest"] == name
    assert answer.headers["content-type"] == kind
    assert int(answer.headers["content-length"]) > 0
    if method == "GET":
        assert digest(answer.body) == name
        assert answer.headers["content-length"] == str(len(answer.body))


@pytest.mark.parametrize("method", ["HEAD", "GET"])
@pytest.mark.parametrize(
    ("rest", "statuses", "code"),
    [
        ("manifests/missing", [404], "MANIFEST_UNKNOWN"),
        (f"manifests/{UNKNOWN}", [404], "MANIFEST_UNKNOWN"),
        (f"blobs/{UNKNOWN}", [404], "BLOB_UNKNOWN"),
        ("blobs/sha256:baddigeststring", [400, 404], "DIGEST_INVALID"),
        ("manifests/sha256:baddigeststring", [400, 404], "DIGEST_INVALID"),
        ("blobs/sha256:" + "0" * 63, [400, 404], "DIGEST_INVALID"),
        ("blobs/sha256:" + "A" * 64, [400, 404], "DIGEST_INVALID"),
        ("blobs/md5:" + "0" * 32, [400, 404], "DIGEST_INVALID"),
        ("manifests/.not.a.tag", [400, 404], None),
        ("nothing/here", [404], None),
    ],
)
def test_what_is_not_there(place, method, rest, statuses, code):
    answer = place.ask(method, rest)
    assert answer.status in statuses, answer
    if method == "GET":
        answer.is_error(code)
    else:
        assert answer.body == b""


@pytest.mark.parametrize("name", [f"{REGISTRY}/org/nothing", f"{REGISTRY}/ORG/app", f"{REGISTRY}/org//app"])
def test_repositories_that_are_not_there(place, name):
    answer = place.ask("GET", "manifests/latest", name=name)
    assert answer.status in (400, 404)
    answer.is_error()


@pytest.mark.parametrize(
    ("wanted", "status", "part"),
    [
        ("bytes=500-1499", 206, (500, 1500)),
        ("bytes=500-", 206, (500, 2048)),
        ("bytes=-500", 206, (1548, 2048)),
        ("bytes=2000-5000", 206, (2000, 2048)),
        ("bytes=0-0", 206, (0, 1)),
        ("bytes=500-0", 416, None),
        ("bytes=5000-10000", 416, None),
        ("bytes=-0", 416, None),
        ("bytes=nonsense", 200, (0, 2048)),
        ("lines=1-2", 200, (0, 2048)),
    ],
)
@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
def test_ranges(place, wanted, status, part, algorithm):
    answer = place.ask("GET", f"blobs/{digest(BLOB, algorithm)}", {"Range": wanted})
    assert answer.status == status, answer
    if status == 416:
        assert answer.headers["content-range"] == "bytes */2048"
        return answer.is_error()
    start, end = part
    assert answer.body == BLOB[start:end]
    assert answer.headers["content-length"] == str(end - start)
    assert answer.headers.get("content-range") == (f"bytes {start}-{end - 1}/2048" if status == 206 else None)


@pytest.mark.parametrize(
    ("wanted", "parts"),
    [("bytes=0-1,500-1499", [(0, 2), (500, 1500)]), ("bytes=-1,5000-,0-0", [(2047, 2048), (0, 1)])],
)
def test_several_ranges(place, wanted, parts):
    answer = place.ask("GET", f"blobs/{digest(BLOB)}", {"Range": wanted})
    assert answer.status == 206
    head = f"Content-Type: {answer.headers['content-type']}\r\n\r\n".encode()
    found = email.message_from_bytes(head + answer.body, policy=email.policy.HTTP).get_payload()
    assert [part["content-range"] for part in found] == [f"bytes {start}-{end - 1}/2048" for start, end in parts]
    for start, end in parts:
        assert b"\r\n\r\n" + BLOB[start:end] + b"\r\n--" in answer.body


def test_ranges_of_what_is_empty(place):
    assert place.ask("GET", f"blobs/{digest(EMPTY)}", {"Range": "bytes=0-9"}).status == 416


@pytest.mark.parametrize("rest", [f"blobs/{digest(BLOB)}", "manifests/latest"])
def test_what_the_client_has_already(place, rest):
    tag = place.ask("HEAD", rest).headers["etag"]
    for value in [tag, f'W/{tag}, "other"', "*"]:
        answer = place.ask("GET", rest, {"If-None-Match": value})
        assert answer.status == 304 and answer.body == b"", value
        assert answer.headers["etag"] == tag
    assert place.ask("GET", rest, {"If-None-Match": '"other"'}).status == 200


@pytest.mark.parametrize("query", ["", "?n=2", "?n=2&last=b", "?last=c", "?n=100"])
def test_tags(place, query):
    """The registry's own answer (docker-registry 2.8 knows neither `n` nor `last`)."""
    answer = place.ask("GET", f"tags/list{query}")
    registrys = ask(place.registry.address, "GET", f"/v2/org/app/tags/list{query}")
    assert answer.status == registrys.status == 200
    assert sorted(json.loads(answer.body)["tags"]) == sorted(json.loads(registrys.body)["tags"])
    assert ("link" in answer.headers) == ("link" in registrys.headers)


def test_tags_of_nothing(place):
    assert place.ask("GET", "tags/list", name=f"{REGISTRY}/org/nothing").status == 404


def test_tags_page_by_page(place):
    """`Link` leads from page to page, at the mirror."""
    found, path = [], f"/v2/org/app/tags/list?n=2&ns={REGISTRY}"
    for _ in range(10):
        answer = ask(place.agent.mirror, "GET", path)
        found += json.loads(answer.body)["tags"]
        if "link" not in answer.headers:
            break
        target, rel = answer.headers["link"].split(";")
        assert rel.strip() == 'rel="next"'
        path = target.strip("<>")
    assert sorted(found) == place.tags


def test_referrers(place):
    """docker-registry 2.8 does not have the API: a client is told so, and asks for the tag that stands for it."""
    fallback = place.image.digest.replace(":", "-")
    assert place.ask("GET", f"referrers/{place.image.digest}").status == 404
    assert place.ask("GET", f"manifests/{fallback}").status == 404
    index = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": []}).encode()
    assert ask(place.registry.address, "PUT", f"/v2/org/app/manifests/{fallback}", {"Content-Type": INDEX}, index).status == 201
    answer = place.ask("GET", f"manifests/{fallback}", {"Accept": INDEX})
    assert answer.status == 200 and answer.body == index
    assert ask(place.registry.address, "DELETE", f"/v2/org/app/manifests/{digest(index)}").status in (202, 405)


@pytest.mark.parametrize(
    ("method", "rest"),
    [
        ("PUT", "manifests/new"),
        ("DELETE", "manifests/latest"),
        ("DELETE", f"blobs/{digest(BLOB)}"),
        ("POST", "blobs/uploads/"),
        ("PATCH", "blobs/uploads/1"),
        ("PUT", f"blobs/uploads/1?digest={digest(BLOB)}"),
    ],
)
def test_pushing_is_for_the_registry(place, method, rest):
    answer = place.ask(method, rest)
    assert answer.status == 405
    answer.is_error("UNSUPPORTED")


def test_one_connection_for_all(place):
    """Requests one after the other on one connection, whatever the answers before were."""
    connection = http.client.HTTPConnection(place.agent.mirror, timeout=30)
    requests = [("GET", f"blobs/{digest(BLOB)}", 200), ("GET", f"blobs/{UNKNOWN}", 404), ("HEAD", "manifests/latest", 200)]
    requests += [("GET", "manifests/missing", 404), ("DELETE", "manifests/latest", 405), ("GET", "manifests/latest", 200)]
    sockets = set()
    for method, rest, status in 3 * requests:
        connection.request(method, f"/v2/{NAME}/{rest}")
        sockets.add(connection.sock)
        response = connection.getresponse()
        response.read()
        assert response.status == status
    assert len(sockets) == 1
    connection.close()


def test_pipelining(place):
    """Requests that do not wait for answers get theirs in order."""
    wanted = [f"blobs/{digest(BLOB)}", f"blobs/{digest(BRACES)}", "manifests/latest", f"blobs/{UNKNOWN}", f"blobs/{digest(BLOB)}"]
    host, port = place.agent.mirror.split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        lines = [f"GET /v2/{NAME}/{rest} HTTP/1.1\r\nHost: {host}\r\n" for rest in wanted]
        lines[-1] += "Connection: close\r\n"
        connection.sendall("".join(line + "\r\n" for line in lines).encode())
        with connection.makefile("rb") as answers:
            got = [_answer(answers) for _ in wanted]
    assert [status for status, _ in got] == [200, 200, 200, 404, 200]
    assert got[0][1] == got[4][1] == BLOB and got[1][1] == BRACES


def _answer(file) -> tuple[int, bytes]:
    status = int(file.readline().split()[1])
    length = 0
    while line := file.readline().strip():
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return status, file.read(length)

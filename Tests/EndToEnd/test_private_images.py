"""Whose image it is: what a registry gives to some only, an agent gives to those only, whoever had it before. Public images need nothing."""

import base64
import json
import subprocess
from pathlib import Path

import pytest

from conftest import REGISTRY
from lab import skopeo
from lab.cluster import Lab
from lab.download import Download
from lab.images import Image, Layer, Layout
from lab.registry import Registry
from lab.shoal import Agent
from lab.tokenserver import TokenServer
from lab.waiting import eventually

USER, PASSWORD = "robot", "correct-horse-battery"
CREDENTIALS = f"{USER}:{PASSWORD}"
PRIVATE, PUBLIC = "org/private", "public/app"
NOWHERE = "http://127.0.0.1:1"
"""A registry for clients that must not find another way than the agent's."""


@pytest.fixture(scope="module")
def image(tmp_path_factory) -> Image:
    return Layout(tmp_path_factory.mktemp("layout")).add("1", [Layer("app", 200 << 10), Layer("library", 1 << 20)])


@pytest.fixture(scope="module")
def public_image(tmp_path_factory) -> Image:
    return Layout(tmp_path_factory.mktemp("public")).add("1", [Layer("open", 300 << 10)])


@pytest.fixture
def tokens(lab) -> TokenServer:
    return lab.token_server({USER: PASSWORD})


@pytest.fixture
def registry(lab, tokens, image, public_image) -> Registry:
    registry = lab.registry(tokens=tokens)
    registry.push(image, PRIVATE)
    registry.push(public_image, PUBLIC)
    return registry


def basic(credentials: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(credentials.encode()).decode()}


def private_agent(lab: Lab, registry: Registry, *flags: object, name: str = "agent", **options) -> Agent:
    return lab.agent(name, {REGISTRY: registry.url}, flags=["--log-level", "trace", *map(str, flags)], **options)


def get(agent: Agent, repository: str, rest: str, headers: dict[str, str] | None = None) -> Download:
    return Download(f"http://{agent.mirror}/v2/{REGISTRY}/{repository}/{rest}", headers).finish()


def copy(agent: Agent, repository: str, credentials: str | None = None) -> str:
    return skopeo.copy(f"{agent.mirror}/{REGISTRY}/{repository}:1", agent.directory / "pulled", credentials=credentials)


def refuses(pull) -> None:
    with pytest.raises((subprocess.CalledProcessError, AssertionError)):
        pull()


def layers(image: Image) -> list[str]:
    """The layers from the top; the last one, which every image has, is the public image's too."""
    manifest = json.loads((image.layout / "blobs/sha256" / image.digest.removeprefix("sha256:")).read_text())
    return [layer["digest"] for layer in manifest["layers"]][::-1]


def tells_nothing(agent: Agent, tokens: TokenServer) -> None:
    shown = agent.daemon.log.read_text() + json.dumps(agent.metrics()) + json.dumps(agent.api("transfers"))
    assert " debug " in shown, "it logs what it does"
    for secret in [PASSWORD, basic(CREDENTIALS)["Authorization"].removeprefix("Basic "), *tokens.tokens]:
        assert secret not in shown, f"{agent.name} shows a secret"


def test_a_caller_with_rights_pulls_and_others_do_not(lab, registry, tokens, image, public_image):
    """skopeo, with a password that the agent trades for a token. Nobody else is given what is held by then."""
    agent = private_agent(lab, registry)
    refuses(lambda: copy(agent, PRIVATE))
    refuses(lambda: copy(agent, PRIVATE, f"{USER}:guess-what"))
    assert copy(agent, PRIVATE, CREDENTIALS) == image.digest
    blob = layers(image)[0]
    assert agent.holds(blob) and agent.holds(image.digest)
    for headers in [None, basic(f"{USER}:guess-what"), {"Authorization": "Bearer nonsense"}]:
        for rest in ["manifests/1", f"manifests/{image.digest}", f"blobs/{blob}", "tags/list"]:
            answer = get(agent, PRIVATE, rest, headers)
            assert answer.status == 401, answer
            assert answer.headers["www-authenticate"].startswith(f'Bearer realm="{tokens.realm}"')
            assert "UNAUTHORIZED" in answer.body_start.decode()
    assert get(agent, PRIVATE, f"blobs/{blob}", basic(CREDENTIALS)).digest == blob
    assert copy(agent, PUBLIC) == public_image.digest
    assert get(agent, PUBLIC, "tags/list").status == 200
    tells_nothing(agent, tokens)


def test_a_private_blob_is_not_given_under_a_public_name(lab, registry, image):
    """Nor under the name of another registry that only says that it has it, and also not after a restart, when the registry is down."""
    liar = lab.registry()
    agent = lab.agent("agent", {REGISTRY: registry.url, "liar.example.com": liar.url})
    assert copy(agent, PRIVATE, CREDENTIALS) == image.digest
    blob = layers(image)[0]
    assert get(agent, PUBLIC, f"blobs/{blob}").status == 404
    assert get(agent, PUBLIC, f"manifests/{image.digest}").status == 404
    assert Download(f"http://{agent.mirror}/v2/liar.example.com/public/app/blobs/{blob}").finish().status == 404
    agent.stop()
    agent.start()
    assert agent.holds(blob)
    assert get(agent, PUBLIC, f"blobs/{blob}").status == 404
    registry.stop()
    liar.stop()
    for place in [f"{REGISTRY}/{PUBLIC}", f"{REGISTRY}/{PRIVATE}", "liar.example.com/public/app"]:
        answer = Download(f"http://{agent.mirror}/v2/{place}/blobs/{blob}").finish()
        assert answer.status != 200 and answer.digest != blob, place


@pytest.mark.parametrize("with_own", [True, False], ids=["agent-with-credentials", "agent-without"])
def test_containerd(lab, registry, tokens, image, public_image, with_own):
    """containerd fetches its own token, from where the registry says, for the agent as it would for the registry."""
    config = lab.path / "docker"
    config.mkdir()
    auth = basic(CREDENTIALS)["Authorization"].removeprefix("Basic ")
    (config / "config.json").write_text(json.dumps({"auths": {registry.address: {"auth": auth}}}))
    agent = private_agent(lab, registry, *(["--docker-config", config] if with_own else []))
    containerd = lab.containerd()
    containerd.mirror(REGISTRY, agent.mirror, NOWHERE)
    refuses(lambda: containerd.pull(f"{REGISTRY}/{PRIVATE}:1"))
    refuses(lambda: containerd.pull(f"{REGISTRY}/{PRIVATE}:1", credentials=f"{USER}:guess-what"))
    assert containerd.pull(f"{REGISTRY}/{PRIVATE}:1", credentials=CREDENTIALS) == image.digest
    assert containerd.pull(f"{REGISTRY}/{PUBLIC}:1") == public_image.digest
    tells_nothing(agent, tokens)


def test_podman(lab, registry, tokens, image, public_image):
    """podman sends what is kept for the mirror's name; public images are pulled without any."""
    agent = private_agent(lab, registry)
    podman = lab.podman()
    podman.conf.mirror(REGISTRY, agent.mirror, "127.0.0.1:1")
    assert podman.pull(f"{REGISTRY}/{PUBLIC}:1") == public_image.digest
    refuses(lambda: podman.pull(f"{REGISTRY}/{PRIVATE}:1"))
    podman.login(f"{agent.mirror}/{REGISTRY}", USER, PASSWORD)
    assert podman.pull(f"{REGISTRY}/{PRIVATE}:1") == image.digest
    tells_nothing(agent, tokens)


def test_passwords(lab, image):
    """A registry with passwords and no tokens."""
    registry = lab.registry(users={USER: PASSWORD})
    registry.push(image, PRIVATE)
    agent = private_agent(lab, registry)
    answer = get(agent, PRIVATE, "manifests/1")
    assert answer.status == 401 and answer.headers["www-authenticate"].startswith("Basic realm="), answer
    assert copy(agent, PRIVATE, CREDENTIALS) == image.digest
    refuses(lambda: copy(agent, PRIVATE))


def test_peers_bring_it_to_those_who_may_have_it(lab, registry, image):
    """Agents do not ask one another who wants it; each asks its own callers."""
    tracker = lab.tracker()
    first, second = (private_agent(lab, registry, name=name, tracker=tracker) for name in ("first", "second"))
    assert copy(first, PRIVATE, CREDENTIALS) == image.digest
    eventually(lambda: tracker.has_swarm(layers(image)[0]), "the tracker knows who has the layer")
    refuses(lambda: copy(second, PRIVATE))
    assert copy(second, PRIVATE, CREDENTIALS) == image.digest
    assert second.counter("peer_received_bytes_total") > 1 << 20


def test_proofs_count_while_the_registry_is_down(lab, registry, image, public_image):
    """A caller who has proven it goes on; others are refused; `NAME=false` is as strict about what nobody was asked for."""
    agent = private_agent(lab, registry, "--proof-ttl", 0)
    strict = private_agent(lab, registry, "--registry-share", f"{REGISTRY}=false", name="strict")
    assert copy(agent, PRIVATE, CREDENTIALS) == image.digest
    assert copy(agent, PUBLIC) == public_image.digest
    assert copy(strict, PUBLIC) == public_image.digest
    registry.stop()
    assert copy(agent, PRIVATE, CREDENTIALS) == image.digest
    assert copy(agent, PUBLIC) == public_image.digest
    refuses(lambda: copy(agent, PRIVATE))
    assert get(agent, PRIVATE, f"blobs/{layers(image)[0]}").status == 404
    strict.stop()
    strict.start()
    assert get(strict, PUBLIC, f"manifests/{public_image.digest}").status == 502


def test_shared(lab, registry, image):
    """An agent that is told to share gives everybody what it may have itself."""
    password = lab.path / "password"
    password.write_text(PASSWORD)
    password.chmod(0o600)
    own = ["--registry-username", f"{REGISTRY}={USER}", "--registry-password-file", f"{REGISTRY}={password}"]
    agent = private_agent(lab, registry, *own, "--registry-share", REGISTRY)
    assert copy(agent, PRIVATE) == image.digest
    keeps = private_agent(lab, registry, *own, name="keeps")
    refuses(lambda: copy(keeps, PRIVATE))
    assert copy(keeps, PRIVATE, CREDENTIALS) == image.digest

"""What can be said about a registry: several servers, certificates, proxies; by flags and in the settings file."""

import pytest

from conftest import REGISTRY
from lab import skopeo
from lab.connectproxy import ConnectProxy
from lab.download import Download
from lab.faultproxy import Rule
from lab.images import NATIVE, Image, Layer, Layout
from lab.shoal import Agent, shoal
from lab.waiting import eventually


@pytest.fixture(scope="module")
def image(tmp_path_factory) -> Image:
    return Layout(tmp_path_factory.mktemp("layout")).add("1", [Layer("app", 3 << 20)])


def pull(agent: Agent, image: Image, name: str = "pulled") -> str:
    """The digest of what the agent gave."""
    return skopeo.copy(f"{agent.mirror}/{REGISTRY}/org/app:{image.tag}", agent.directory / name)


def trust(agent: Agent) -> dict[str, float]:
    name = "shoal_origin_server_trusted"
    return {key[len(name) :]: value for key, value in agent.metrics().items() if key.startswith(name)}


def test_a_mirror_and_then_the_source(lab, image):
    """A pull-through cache before the registry: it is asked for everything, and the registry only by it; when it dies, the registry itself."""
    source = lab.registry()
    source.push(image, "org/app")
    seen = lab.proxy(source)
    cache = lab.registry(pulls_through=source.url)
    agent = lab.agent("agent", {REGISTRY: f"{cache.url} {seen.url}"})
    assert pull(agent, image) == image.digest
    assert not seen.requests(), "the registry itself is not asked"
    assert not trust(agent)
    cache.stop()
    other = lab.agent("other", {REGISTRY: f"{cache.url} {seen.url}"})
    assert pull(other, image) == image.digest
    assert trust(other) == {f'{{server="{cache.url}"}}': 0.0}, "it was left alone after some failures"
    assert other.daemon.output.count("a registry's server fails") == 1


def test_a_mirror_that_lacks_some(lab, image):
    """404 and 500 for blobs from the mirror: they come from the source."""
    source = lab.registry()
    source.push(image, "org/app")
    mirror, seen = lab.proxy(source), lab.proxy(source)
    mirror.add(Rule(r"/blobs/", "status", code=404))
    agent = lab.agent("agent", {REGISTRY: f"{mirror.url} {seen.url}"})
    assert pull(agent, image) == image.digest
    assert mirror.requests("/manifests/") and not seen.requests("/manifests/")
    assert seen.requests("/blobs/")
    mirror.lift()
    mirror.add(Rule(r"", "status", code=500))
    other = lab.agent("other", {REGISTRY: f"{mirror.url} {seen.url}"})
    assert pull(other, image) == image.digest


def test_a_mirror_that_comes_back(lab, image):
    """After its pause the mirror is tried by one request, and asked again from then on."""
    source = lab.registry()
    source.push(image, "org/app")
    mirror, seen = lab.proxy(source), lab.proxy(source)
    rule = mirror.add(Rule(r"", "status", code=503))
    agent = lab.agent("agent", {REGISTRY: f"{mirror.url} {seen.url}"})
    url = f"http://{agent.mirror}/v2/{REGISTRY}/org/app/manifests/{image.tag}"
    blob_bytes = image.size() - image.blobs[NATIVE][image.digest]

    def failures() -> int:
        return agent.daemon.output.count("a registry's server fails")

    # Its blobs are fetched as well, ahead of the client, and fail at the mirror alike: some of them while others have been left to the source.
    assert Download(url).finish().status == 200
    eventually(lambda: seen.body_bytes("^GET .*/blobs/") >= blob_bytes, "the blobs come from the source")
    eventually(lambda: failures() and mirror.settle() is None, "the mirror is left alone")
    asked, failed = len(mirror.requests()), failures()
    for _ in range(5):
        assert Download(url).finish().status == 200
    assert len(mirror.requests()) - asked == failures() - failed, "nothing but a try, if its pause is over already"
    mirror.lift()
    eventually(lambda: Download(url).finish().status == 200 and "server is back" in agent.daemon.output, "the mirror is asked again", 30)
    assert trust(agent) == {f'{{server="{mirror.url}"}}': 1.0}
    assert rule.seen >= 3


def test_a_mirror_that_gives_wrong_bytes(lab, image):
    """A layer that does not hash to its digest reaches nobody as a whole; the next attempt asks the source for it, and only for it."""
    source = lab.registry()
    source.push(image, "org/app")
    mirror, seen = lab.proxy(source), lab.proxy(source)
    digest, size = image.largest_layer()
    mirror.add(Rule(f"/blobs/{digest}", "corrupt", at=size // 2))
    agent = lab.agent("agent", {REGISTRY: f"{mirror.url} {seen.url}"})
    url = f"http://{agent.mirror}/v2/{REGISTRY}/org/app/blobs/{digest}"
    harmed = Download(url).finish()
    assert harmed.status != 200 or harmed.received < size, str(harmed)
    assert eventually(lambda: Download(url).finish().digest == digest, "the right bytes are served", 30)
    assert {request.path.rpartition("/")[2] for request in seen.requests()} == {digest}
    assert pull(agent, image) == image.digest
    assert mirror.requests("/manifests/") and not seen.requests("/manifests/")


def test_certificates(lab, image):
    """A registry whose certificate only a private authority vouches for, and which wants one of its clients: each half is needed."""
    authority = lab.authority()
    registry = lab.registry(tls=authority.issue("server", "IP:127.0.0.1", "DNS:localhost"))
    registry.push(image, "org/app")
    ca = ["--registry-ca", f"{REGISTRY}={authority.certificate}"]
    assert pull(lab.agent("trusting", {REGISTRY: registry.url}, flags=ca), image) == image.digest
    assert pull(lab.agent("blind", {REGISTRY: registry.url}, flags=["--registry-insecure", REGISTRY]), image) == image.digest
    refused = lab.agent("refused", {REGISTRY: registry.url})
    answer = Download(f"http://{refused.mirror}/v2/{REGISTRY}/org/app/manifests/1").finish()
    assert answer.status == 502 and b"--registry-ca" in answer.body_start, str(answer)

    registry.stop()
    registry.clients = authority.certificate
    registry.start()
    certificate, key = authority.issue("client")
    client = ["--registry-certificate", f"{REGISTRY}={certificate}", "--registry-key", f"{REGISTRY}={key}"]
    assert pull(lab.agent("known", {REGISTRY: registry.url}, flags=ca + client), image) == image.digest
    unknown = lab.agent("unknown", {REGISTRY: registry.url}, flags=ca)
    answer = Download(f"http://{unknown.mirror}/v2/{REGISTRY}/org/app/manifests/1").finish()
    assert answer.status == 502 and b"--registry-certificate" in answer.body_start, str(answer)


def test_insecure_without_a_url(lab, image):
    """By its name alone: TLS that nobody vouches for, or none."""
    secure = lab.registry(tls=lab.authority().issue("server", "IP:127.0.0.1"))
    secure.push(image, "org/app")
    plain = lab.registry()
    plain.push(image, "org/app")
    flags = [word for registry in (secure, plain) for word in ("--registry-insecure", registry.address)]
    agent = lab.agent("agent", {}, flags=flags)
    for registry in (secure, plain):
        answer = Download(f"http://{agent.mirror}/v2/org/app/manifests/1?ns={registry.address}").finish()
        assert (answer.status, answer.digest) == (200, image.digest), str(answer)


def test_proxies(lab, image):
    """A registry whose name only the company's proxy knows, by HTTP and by HTTPS, with a login."""
    authority = lab.authority()
    plain = lab.registry()
    plain.push(image, "org/app")
    secure = lab.registry(tls=authority.issue("server", "DNS:secure.lab.test"))
    secure.push(image, "org/app")
    border = ConnectProxy({"plain.lab.test": plain.address, "secure.lab.test": secure.address}, login="clerk:sesame-open")
    lab.ending.callback(border.stop)
    variable = f"http://clerk:sesame-open@{border.address}"
    for url in ("http://plain.lab.test", "https://secure.lab.test"):
        name = url.partition("://")[2]
        agent = lab.agent(
            name, {REGISTRY: url}, env={"HTTP_PROXY": variable, "HTTPS_PROXY": variable},
            flags=["--registry-ca", f"{REGISTRY}={authority.certificate}", "--log-level", "trace"],
        )  # fmt: skip
        assert pull(agent, image) == image.digest
        assert "sesame-open" not in agent.daemon.output
    assert set(border.asked) == {"plain.lab.test:80", "secure.lab.test:443"}
    asked = len(border.asked)
    direct = lab.agent("direct", {REGISTRY: "http://plain.lab.test"}, env={"HTTP_PROXY": variable, "NO_PROXY": ".lab.test"})
    assert Download(f"http://{direct.mirror}/v2/{REGISTRY}/org/app/manifests/1").finish().status == 502
    assert len(border.asked) == asked and not border.refused
    wrong = shoal("agent", "--data", lab.path / "none", check=False, env={"HTTPS_PROXY": "https://clerk:sesame-open@p"})
    assert wrong.returncode == 1 and "HTTPS_PROXY" in wrong.stderr and "sesame-open" not in wrong.stderr, wrong.stderr


def test_settings_file(lab, image):
    """All about a registry in one place; what is wrong there is said with its line."""
    authority = lab.authority()
    registry = lab.registry(tls=authority.issue("server", "IP:127.0.0.1"), users={"robot": "secret-word"})
    registry.push(image, "org/app")
    password = lab.path / "password"
    password.write_text("secret-word")
    password.chmod(0o600)
    file = lab.path / "agent.yaml"
    file.write_text(
        f"""
registries:
  {REGISTRY}:
    url: [http://127.0.0.1:1, {registry.url}]
    ca: {authority.certificate}
    username: robot
    share: true
    password-file: {password}
"""
    )
    agent = lab.agent("agent", {}, flags=["--config", str(file)])
    assert pull(agent, image) == image.digest
    file.write_text(f"registries:\n  {REGISTRY}:\n    urls: {registry.url}\n")
    wrong = shoal("agent", "--config", file, check=False)
    assert wrong.returncode == 64
    assert f"agent.yaml:3: unknown key 'registries.{REGISTRY}.urls' (did you mean url?)" in wrong.stderr
    for flags, remedy in [
        (["--registry-ca", f"{REGISTRY}={password}"], str(password)),
        (["--registry-key", f"{REGISTRY}={password}"], "--registry-certificate"),
        (["--registry-insecure", "a/b"], "a/b"),
    ]:
        wrong = shoal("agent", "--data", lab.path / "none", *flags, check=False)
        assert wrong.returncode in (1, 64) and remedy in wrong.stderr, wrong.stderr

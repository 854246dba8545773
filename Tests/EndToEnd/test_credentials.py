"""Registries that want to know who asks: passwords and tokens, where the agent finds them, and that nobody else gets to see them.

The agents here give what they may have to everybody (`--registry-share`); who else may have it is the subject of test_private_images.py.
"""

import base64
import json
from pathlib import Path

import pytest

from conftest import REGISTRY
from lab import skopeo
from lab.cluster import Lab
from lab.download import Download
from lab.images import Image, Layer, Layout
from lab.registry import Registry
from lab.shoal import Agent, shoal

USER, PASSWORD = "robot", "correct-horse-battery"


@pytest.fixture(scope="module")
def image(tmp_path_factory) -> Image:
    return Layout(tmp_path_factory.mktemp("layout")).add("1", [Layer("app", 200 << 10)])


def private_agent(lab: Lab, registry: Registry, *flags: object, name: str = "agent", env: dict[str, str] | None = None) -> Agent:
    """An agent that logs all it can."""
    flags = ["--log-level", "trace", "--registry-share", REGISTRY, *map(str, flags)]
    return lab.agent(name, {REGISTRY: registry.url}, flags=flags, env=env)


def pull(agent: Agent, image: Image, repository: str = "org/private") -> str:
    """The digest of what the agent gave."""
    target = agent.directory / "pulled"
    return skopeo.copy(f"{agent.mirror}/{REGISTRY}/{repository}:{image.tag}", target)


def status(agent: Agent, image: Image, repository: str = "org/private") -> int:
    return Download(f"http://{agent.mirror}/v2/{REGISTRY}/{repository}/manifests/{image.tag}").finish().status


def basic(user: str, password: str) -> str:
    return base64.b64encode(f"{user}:{password}".encode()).decode()


def docker_config(directory: Path, document: dict) -> Path:
    directory.mkdir()
    (directory / "config.json").write_text(json.dumps(document))
    return directory


def tells_nothing(agent: Agent, *secrets: str) -> None:
    """Neither its log nor its command line, metrics or API has any of these, nor the base64 that they are sent as."""
    command = Path(f"/proc/{agent.daemon.pid}/cmdline").read_text()
    shown = agent.daemon.log.read_text() + command + json.dumps(agent.metrics()) + json.dumps(agent.api("transfers"))
    assert " debug " in shown, "it logs what it does"
    for secret in [*secrets, PASSWORD, basic(USER, PASSWORD)]:
        assert secret not in shown, f"{agent.name} shows a secret"


def test_passwords_from_dockers_configuration(lab, image):
    """Basic: who has the password in config.json pulls, who has none is refused with a reason, and who has a wrong one too."""
    registry = lab.registry(users={USER: PASSWORD})
    registry.push(image, "org/private")
    good = {"auths": {registry.address: {"auth": basic(USER, PASSWORD)}}}
    wrong = {"auths": {registry.address: {"auth": basic(USER, "guess-what")}}}
    agent = private_agent(lab, registry, "--docker-config", docker_config(lab.path / "good", good))
    assert pull(agent, image) == image.digest
    tells_nothing(agent)
    refused = private_agent(lab, registry, "--docker-config", docker_config(lab.path / "wrong", wrong), name="refused")
    answer = Download(f"http://{refused.mirror}/v2/{REGISTRY}/org/private/manifests/1").finish()
    assert answer.status == 403
    assert b"--docker-config" in answer.body_start
    tells_nothing(refused, "guess-what", basic(USER, "guess-what"))
    assert status(private_agent(lab, registry, name="nobody"), image) == 403


def test_variables_of_docker(lab, image):
    """DOCKER_CONFIG names a directory, DOCKER_AUTH_CONFIG is a document."""
    registry = lab.registry(users={USER: PASSWORD})
    registry.push(image, "org/private")
    document = {"auths": {registry.address: {"auth": basic(USER, PASSWORD)}}}
    for name, env in [
        ("directory", {"DOCKER_CONFIG": str(docker_config(lab.path / "docker", document))}),
        ("document", {"DOCKER_AUTH_CONFIG": json.dumps(document)}),
    ]:
        agent = private_agent(lab, registry, name=name, env=env)
        assert pull(agent, image) == image.digest
        tells_nothing(agent)


def test_password_file(lab, image):
    """A password of the agent's own settings, in a file that nobody else may read; changed while the agent runs."""
    registry = lab.registry(users={USER: PASSWORD, "other": "another-password"})
    registry.push(image, "org/private")
    file = lab.path / "password"
    file.write_text("another-password\n")
    file.chmod(0o644)
    words = ["agent", "--data", lab.path / "none", "--registry-username", f"{REGISTRY}={USER}"]
    open_file = shoal(*words, "--registry-password-file", f"{REGISTRY}={file}", check=False)
    assert open_file.returncode == 1 and f"chmod 600 {file}" in open_file.stderr, open_file.stderr
    alone = shoal(*words, check=False)
    assert alone.returncode == 1 and REGISTRY in alone.stderr and len(alone.stderr.splitlines()) == 1, alone.stderr
    file.chmod(0o600)
    agent = private_agent(lab, registry, "--registry-username", f"{REGISTRY}={USER}", "--registry-password-file", f"{REGISTRY}={file}")
    assert status(agent, image) == 403
    file.write_text(PASSWORD)
    assert pull(agent, image) == image.digest
    tells_nothing(agent, "another-password")


def test_helpers(lab, image):
    """A registry's own helper is asked, with the registry's name, and only when the registry wants credentials."""
    registry = lab.registry(users={USER: PASSWORD})
    registry.push(image, "org/private")
    programs = lab.path / "bin"
    programs.mkdir()
    helper = programs / "docker-credential-lab"
    helper.write_text(
        f"""#!/bin/sh
        read server; echo "$1 $server" >>{programs}/asked
        echo '{{"ServerURL": "", "Username": "{USER}", "Secret": "{PASSWORD}"}}'
        """
    )
    helper.chmod(0o755)
    config = docker_config(lab.path / "docker", {"credHelpers": {registry.address: "lab"}, "credsStore": "missing"})
    agent = private_agent(lab, registry, "--docker-config", config, env={"PATH": f"{programs}:/usr/bin:/bin"})
    assert not (programs / "asked").exists()
    assert pull(agent, image) == image.digest
    assert (programs / "asked").read_text() == f"get {registry.address}\n"
    tells_nothing(agent)


def test_tokens(lab, image):
    """Bearer: a password buys a token for each repository, which is kept; without one only what is public can be had."""
    tokens = lab.token_server({USER: PASSWORD})
    registry = lab.registry(tokens=tokens)
    registry.push(image, "org/private")
    registry.push(image, "public/app")
    tokens.questions.clear()
    config = docker_config(lab.path / "docker", {"auths": {registry.address: {"auth": basic(USER, PASSWORD)}}})
    agent = private_agent(lab, registry, "--docker-config", config)
    assert pull(agent, image) == image.digest
    assert [(question.user, question.scopes) for question in tokens.questions] == [(USER, ["repository:org/private:pull"])]
    tells_nothing(agent, *tokens.tokens)
    nobody = private_agent(lab, registry, name="nobody")
    assert pull(nobody, image, "public/app") == image.digest
    # Another agent's store, so that it is the registry that refuses.
    stranger = private_agent(lab, registry, name="stranger")
    assert status(stranger, image) == 403
    tells_nothing(stranger, *tokens.tokens)


def test_tokens_that_end_early(lab, image):
    """The registry refuses a token before its time: one new one is asked for, and the pull goes on."""
    tokens = lab.token_server({USER: PASSWORD})
    registry = lab.registry(tokens=tokens)
    registry.push(image, "org/private")
    config = docker_config(lab.path / "docker", {"auths": {registry.address: {"auth": basic(USER, PASSWORD)}}})
    agent = private_agent(lab, registry, "--docker-config", config)
    tokens.questions.clear()
    tokens.good_seconds = -1
    assert status(agent, image) == 403
    asked = len(tokens.questions)
    assert asked == 1, "a token that is refused at once is not asked for again"
    tokens.good_seconds = 300
    assert pull(agent, image) == image.digest
    assert len(tokens.questions) == asked + 1


@pytest.mark.parametrize("knows_oauth", [True, False], ids=["oauth", "password"])
def test_identity_tokens(lab, image, knows_oauth):
    """An identity token is traded for tokens by POST, or counts as a password where the server does not know that."""
    tokens = lab.token_server({USER: PASSWORD})
    registry = lab.registry(tokens=tokens)
    registry.push(image, "org/private")
    tokens.questions.clear()
    tokens.knows_oauth = knows_oauth
    identity = tokens.identity_token(USER)
    config = docker_config(lab.path / "docker", {"auths": {registry.address: {"auth": basic(USER, ""), "identitytoken": identity}}})
    agent = private_agent(lab, registry, "--docker-config", config)
    assert pull(agent, image) == image.digest
    assert [question.method for question in tokens.questions] == (["POST"] if knows_oauth else ["POST", "GET"])
    tells_nothing(agent, identity, basic(USER, identity), *tokens.tokens)

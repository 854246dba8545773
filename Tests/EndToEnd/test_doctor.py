"""`shoal doctor` finds nothing wrong with a healthy node, and each mistake that is made on purpose."""

import errno
import json
import shutil
import socket
import time
from email.utils import formatdate

import pytest

from conftest import REGISTRY
from lab.disk import SmallDisk
from lab.faultproxy import Rule
from lab.processes import unused_port
from lab.shoal import Agent, shoal
from lab.waiting import eventually

PING = "^(GET|HEAD) /v2/$"
CHECKS = ("agent", "tracker", "origin", "credentials", "image", "clock", "runtime", "disk")
"""All but that of the ports."""


def doctor(url: str, *words: object) -> tuple[int, list[dict]]:
    """Exit code and findings of `shoal doctor --json`."""
    done = shoal("doctor", "--agent", url, "--json", *words, check=False)
    assert done.returncode in (0, 1), done.stderr
    report = json.loads(done.stdout)
    assert report["healthy"] == (done.returncode == 0)
    return done.returncode, report["findings"]


def problem(url: str, check: str, *words: object) -> dict:
    """The one problem that `shoal doctor` has to find; it says what to do."""
    code, findings = doctor(url, *words)
    # On a machine that others use too, something may listen where an agent usually does.
    problems = [finding for finding in findings if finding["state"] == "problem" and finding["check"] in (check, *CHECKS)]
    assert code == 1 and [finding["check"] for finding in problems] == [check], findings
    assert problems[0]["remedy"], problems[0]
    return problems[0]


@pytest.fixture
def docker(lab):
    """Makes settings of dockerd that name an agent as its mirror; returns the words that have them looked at."""

    def settings(agent: Agent) -> list[str]:
        file = lab.path / "daemon.json"
        shoal("setup", "docker", "--file", file, "--mirror", agent.mirror)
        return ["--runtime", f"docker={file}"]

    return settings


@pytest.fixture
def node(lab, origin, docker):
    """A healthy node: agent, tracker, and the words that have its runtime looked at."""
    agent = lab.agent("agent", origin.at(origin.registry.url), tracker=lab.tracker())
    return agent, docker(agent)


def test_healthy(lab, origin, node):
    """Nothing is wrong: exit code 0, every check passed, also as text; an image can be asked for."""
    agent, words = node
    code, findings = doctor(agent.http, *words, "--image", origin.reference(origin.small))
    assert code == 0 and {finding["state"] for finding in findings} == {"ok"}, findings
    assert {finding["check"] for finding in findings} == {"agent", "ports", "tracker", "origin", "image", "clock", "runtime", "disk"}
    assert "all is well" in shoal("doctor", "--agent", agent.http, *words).stdout


def test_agent_on_another_machine(lab, node):
    """What only that machine can tell is not judged from here."""
    agent, words = node
    code, findings = doctor(agent.http.replace("127.0.0.1", "0.0.0.0"), *words)
    assert code == 0 and {finding["check"] for finding in findings if finding["state"] == "skipped"} == {"runtime"}, findings


def test_agent_does_not_run(lab, docker):
    found = problem(f"http://127.0.0.1:{unused_port()}", "agent", "--runtime", f"podman={nowhere(lab)}")
    assert "does not answer" in found["message"]


def nowhere(lab) -> str:
    """Settings of podman that look for images where an agent usually is."""
    file = lab.path / "registries.conf"
    shoal("setup", "podman", "--file", file)
    return str(file)


def test_something_else_than_an_agent(lab, origin):
    found = problem(origin.registry.url, "agent", "--runtime", f"podman={nowhere(lab)}")
    assert "not this version's agent" in found["message"]


@pytest.mark.parametrize("port", [5000, 7700])
def test_port_of_the_agent_is_taken(lab, port):
    """No agent, and something else where it would listen."""
    with socket.socket() as taken:
        try:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(("127.0.0.1", port))
            taken.listen()
        except OSError as error:
            assert error.errno == errno.EADDRINUSE  # just as well
        _, findings = doctor(f"http://127.0.0.1:{unused_port()}", "--runtime", f"podman={nowhere(lab)}")
    messages = [finding["message"] for finding in findings if finding["check"] == "ports"]
    assert any(f":{port}," in message for message in messages), findings


def test_tracker_does_not_run(lab, origin, node):
    agent, words = node
    agent.tracker.kill()
    eventually(lambda: not agent.api("transfers")["trackerConnected"], "the agent sees that its tracker is gone")
    assert agent.tracker.address in problem(agent.http, "tracker", *words)["message"]


def test_tracker_address_of_another_socket(lab, origin, docker):
    """--tracker with the address of something else that listens."""
    agent = lab.agent("agent", origin.at(origin.registry.url), flags=["--tracker", origin.registry.address])
    code, findings = doctor(agent.http, *docker(agent))
    messages = [finding["message"] for finding in findings if finding["check"] == "tracker"]
    assert code == 1 and any("is not connected" in message for message in messages), messages


def test_origin_stopped(lab, origin, node):
    agent, words = node
    origin.registry.stop()
    try:
        code, findings = doctor(agent.http, *words)
    finally:
        origin.registry.start()
    problems = [finding for finding in findings if finding["state"] == "problem"]
    assert code == 1 and {finding["check"] for finding in problems} == {"origin"}
    assert any(REGISTRY in finding["message"] for finding in problems)


def test_default_registry_that_nobody_uses(lab, origin):
    """A node whose runtimes pull from elsewhere is healthy without it."""
    flags = ["--default-registry", "127.0.0.1:1"]
    agent = lab.agent("agent", {REGISTRY: origin.registry.url}, tracker=lab.tracker(), flags=flags)
    file = lab.path / "registries.conf"
    shoal("setup", "podman", "--file", file, "--mirror", agent.mirror, "--registry", REGISTRY)
    code, findings = doctor(agent.http, "--runtime", f"podman={file}")
    assert code == 0 and [finding["state"] for finding in findings if "127.0.0.1:1 " in finding["message"]] == ["warning"], findings


@pytest.mark.parametrize("scheme, check, state", [("Basic", "credentials", "problem"), ("Bearer", "credentials", "warning")])
def test_origin_that_wants_credentials(lab, origin, docker, scheme, check, state):
    """A registry that anonymous agents cannot use is told from one whose token server only refuses to be asked for nothing."""
    proxy = lab.proxy(origin.registry)
    realm = f'{scheme} realm="{proxy.url}/token",service="lab"'
    proxy.add(Rule(PING, "status", code=401, headers={"WWW-Authenticate": realm}))
    proxy.add(Rule("^GET /token", "status", code=403))
    agent = lab.agent("agent", origin.at(proxy.url), tracker=lab.tracker())
    _, findings = doctor(agent.http, *docker(agent))
    assert {finding["state"] for finding in findings if finding["check"] == check} == {state}, findings


def test_image_that_is_not_there(lab, origin, node):
    agent, words = node
    assert "no-such-tag" in problem(agent.http, "image", *words, "--image", f"{REGISTRY}/org/small:no-such-tag")["message"]


@pytest.mark.parametrize("seconds", [-7200, 7200])
def test_clock_that_is_off(lab, origin, docker, seconds):
    proxy = lab.proxy(origin.registry)
    proxy.add(Rule(PING, "status", code=200, headers={"Date": formatdate(time.time() + seconds, usegmt=True)}))
    agent = lab.agent("agent", origin.at(proxy.url), tracker=lab.tracker())
    found = problem(agent.http, "clock", *docker(agent))
    assert ("behind" if seconds > 0 else "ahead of") in found["message"]


def test_disk_that_is_full(lab, origin, docker):
    disk = SmallDisk(lab, 64)
    agent = lab.agent("agent", origin.at(origin.registry.url), tracker=lab.tracker(), flags=["--data", str(disk.path), "--min-free", "32MiB"])
    disk.fill()
    assert "--min-free" in problem(agent.http, "disk", *docker(agent))["message"]


def test_data_directory_that_is_gone(lab, origin, node):
    agent, words = node
    shutil.rmtree(agent.directory / "data")
    assert "data" in problem(agent.http, "disk", *words)["message"]


def test_peers_are_sent_to_loopback(lab, origin, docker):
    """A tracker elsewhere, and a peer socket that only this machine reaches."""
    agent = lab.agent("agent", origin.at(origin.registry.url), flags=["--tracker", "192.0.2.1:7600"])
    code, findings = doctor(agent.http, *docker(agent))
    assert code == 1 and any("--advertise" in finding.get("remedy", "") for finding in findings if finding["check"] == "ports"), findings


class TestRuntimeSettings:
    """Mistakes in what runtimes are told."""

    def test_runtime_that_was_not_set_up(self, lab, node):
        file = lab.path / "config.toml"
        file.write_text("version = 2\n")
        found = problem(node[0].http, "runtime", "--runtime", f"containerd={file}")
        assert f"shoal setup containerd --file {file} --mirror {node[0].mirror}" in found["remedy"]

    def test_another_port(self, lab, node):
        found = problem(node[0].http, "runtime", "--runtime", f"podman={nowhere(lab)}")
        assert "127.0.0.1:5000" in found["message"] and node[0].mirror in found["message"]

    def test_hosts_that_the_cri_does_not_look_for(self, lab, node):
        file = lab.path / "config.toml"
        shoal("setup", "containerd", "--file", file, "--mirror", node[0].mirror)
        file.write_text("version = 2\n")
        assert "config_path" in problem(node[0].http, "runtime", "--runtime", f"containerd={file}")["message"]

    def test_dockerd_that_was_not_reloaded(self, lab, node):
        agent, _ = node
        docker = lab.docker()
        shoal("setup", "docker", "--file", docker.settings, "--mirror", agent.mirror)
        words = ["--runtime", f"docker={docker.settings}"]
        done = shoal("doctor", "--agent", agent.http, *words, check=False, env=docker.env)
        assert done.returncode == 1 and "systemctl reload docker" in done.stdout, done.stdout
        docker.reload([agent.mirror])
        assert "dockerd has taken its settings" in shoal("doctor", "--agent", agent.http, *words, env=docker.env).stdout

    def test_settings_that_are_malformed(self, lab, node):
        file = lab.path / "broken.json"
        file.write_text('{"registry-mirrors": [')
        assert str(file) in problem(node[0].http, "runtime", "--runtime", f"docker={file}")["message"]

    def test_remedy_helps(self, lab, node):
        """What the doctor says is what has to be typed."""
        agent, _ = node
        file = nowhere(lab)
        remedy = problem(agent.http, "runtime", "--runtime", f"podman={file}")["remedy"]
        shoal(*remedy.removeprefix("sudo shoal ").split())
        assert doctor(agent.http, "--runtime", f"podman={file}")[0] == 0

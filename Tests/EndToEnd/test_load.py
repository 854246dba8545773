"""`shoal-sim load` at a real tracker and a real agent, as a person types it."""

import json
import os
import resource
import signal
import subprocess
from pathlib import Path

from lab.processes import run, unused_port
from lab.shoal import SIMULATOR
from lab.waiting import eventually


def tracker_words(address: str, *, agents: int = 200, rate: int = 1000, seconds: int = 3) -> list:
    return [
        *(SIMULATOR, "load", "tracker", "--address", address, "--agents", agents),
        *("--joins-per-second", rate, "--seconds", seconds),
    ]


def agent_words(mirror: str, image: str, *, clients: int = 8, seconds: int = 3) -> list:
    return [SIMULATOR, "load", "agent", "--mirror", mirror, "--image", image, "--clients", clients, "--seconds", seconds]


def times(report: dict) -> dict[str, dict]:
    return {entry["name"]: entry for entry in report["milliseconds"]}


def complaint(command: list) -> str:
    """Runs a command that can measure nothing; returns the one line that it says."""
    done = run(command, check=False, seconds=30)
    assert done.returncode != 0, f"succeeded: {done.stdout}"
    assert done.stdout == "" and "Fatal error" not in done.stderr, done.stderr
    line = done.stderr.strip().splitlines()[0]
    assert line.startswith("Error: "), done.stderr
    return line


def test_tracker(lab):
    """Two hundred agents join swarms for three seconds: all are answered, with peers, and the tracker forgets them afterwards."""
    tracker = lab.tracker()
    output = lab.path / "load.json"
    done = run([*tracker_words(tracker.address), "--json", output])
    assert "p99.9" in done.stdout and "no errors" in done.stdout and done.stderr == ""
    report = json.loads(output.read_text())
    assert report["agents"] == 200 and report["errors"] == []
    assert report["joinsAnswered"] == report["joinsSent"] == 3000
    assert report["leases"] >= 3000 // 200 and report["peersPerJoin"] > 5
    assert times(report)["hello"]["count"] == 200 and times(report)["join"]["count"] == 3000
    for entry in times(report).values():
        assert 0 <= entry["p50"] <= entry["p90"] <= entry["p99"] <= entry["p999"] <= entry["max"]
    assert tracker.metrics().total("shoal_tracker_joins_total") >= 3000
    eventually(lambda: tracker.api("swarms")["count"] == 0 and tracker.api("nodes")["count"] == 0, "the tracker forgets the run")


def test_tracker_that_dies(lab):
    """A tracker that dies under load: each session counts as an error, with an example, and the exit code is 1."""
    tracker = lab.tracker()
    process = subprocess.Popen(
        [str(word) for word in tracker_words(tracker.address, seconds=60)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        eventually(lambda: tracker.metrics().total("shoal_tracker_joins_total") >= 200, "joins come")
        tracker.kill()
        said, _ = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 1
    assert "200 times session lost, such as: " in said, said


def test_ctrl_c_shows_what_was_measured(lab):
    """Ctrl-C ends the run early, with the table, and is no error."""
    tracker = lab.tracker()
    process = subprocess.Popen([str(word) for word in tracker_words(tracker.address, seconds=60)], stdout=subprocess.PIPE, text=True)
    try:
        eventually(lambda: tracker.metrics().total("shoal_tracker_joins_total") >= 200, "joins come")
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == 0 and "200 of 200" in said and "no errors" in said, said


def test_wrong_trackers(lab):
    """Nothing listens, or something else than a tracker: one line that names the address and what to do."""
    nothing = f"127.0.0.1:{unused_port()}"
    said = complaint(tracker_words(nothing))
    assert nothing in said and "refused" in said and "--address" in said
    tracker = lab.tracker()
    said = complaint(tracker_words(tracker.http.removeprefix("http://")))
    assert "no tracker" in said and "--address" in said


def test_more_agents_than_open_files(lab):
    """The limit and the remedy are named before anything is connected."""

    def few():
        resource.setrlimit(resource.RLIMIT_NOFILE, (300, 300))

    words = [str(word) for word in tracker_words(f"127.0.0.1:{unused_port()}", agents=5000)]
    done = subprocess.run(words, preexec_fn=few, capture_output=True, text=True, timeout=20)
    assert done.returncode == 1
    assert "300" in done.stderr and "ulimit -n 5064" in done.stderr, done.stderr


def test_agent(lab, origin):
    """Eight clients pull for three seconds through an agent in front of a registry: index, manifest, config and layers, each verified."""
    agent = lab.agent("agent", origin.at(origin.registry.url))
    output = lab.path / "load.json"
    done = run([*agent_words(f"http://{agent.mirror}", origin.reference(origin.small)), "--json", output])
    assert "first byte" in done.stdout and "no errors" in done.stdout and done.stderr == ""
    report = json.loads(output.read_text())
    blobs = origin.small.blobs["amd64"]
    parts = len(blobs) - 2
    """Config and layers: all but the index and the manifest."""
    assert report["errors"] == [] and report["clients"] == 8
    assert report["pulls"] >= 8 and times(report)["pull"]["count"] == report["pulls"]
    assert times(report)["manifest"]["count"] >= 2 * report["pulls"] and report["blobs"] >= parts * report["pulls"]
    assert report["blobsHashed"] == parts and report["imageBytes"] < origin.small.size("amd64")
    assert report["receivedBytes"] >= report["pulls"] * report["imageBytes"]
    assert agent.counter("origin_received_bytes_total") == origin.small.size("amd64"), "the agent fetched each byte once"


def test_agent_by_digest_each_verified(lab, origin):
    """A reference by digest to a manifest without an index; `--verify-each` computes the digest of every blob that comes."""
    agent = lab.agent("agent", origin.at(origin.registry.url))
    reference = origin.reference(origin.large).rsplit(":", 1)[0] + f"@{origin.large.digest}"
    output = lab.path / "load.json"
    run([*agent_words(f"http://{agent.mirror}", reference, clients=2), "--verify-each", "--json", output])
    report = json.loads(output.read_text())
    assert report["pulls"] >= 1 and report["blobsHashed"] == report["blobs"]


def test_agent_that_falls_silent(lab, origin):
    """The end of the run cuts off what is under way, but does not hide that nothing came any more."""
    agent = lab.agent("agent", origin.at(origin.registry.url))
    words = agent_words(f"http://{agent.mirror}", origin.reference(origin.small), clients=4, seconds=9)
    process = subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE, text=True)
    try:
        # Manifests are read once before any pull begins.
        eventually(lambda: agent.counter("mirror_sent_bytes_total") > origin.small.size("amd64"), "pulls have begun")
        os.kill(agent.daemon.pid, signal.SIGSTOP)
        said, _ = process.communicate(timeout=40)
    finally:
        process.kill()
        os.kill(agent.daemon.pid, signal.SIGCONT)
    assert process.returncode == 1 and "times timed out, such as: /v2/" in said, said


def test_bytes_that_are_wrong(lab, origin):
    """An answer that is not what its digest says, and one that is cut off, are errors, and the exit code is 1."""
    blob = max(origin.small.blobs["amd64"].items(), key=lambda item: item[1])[0]
    file = stored(origin, blob)
    whole = file.read_bytes()
    try:
        file.write_bytes(bytes([whole[0] ^ 1]) + whole[1:])
        # The registry serves what lies there: in front of it is no agent that would verify it.
        done = run(agent_words(origin.registry.url, f"org/small:{origin.small.tag}", clients=1), check=False)
        assert done.returncode == 1 and "times wrong bytes, such as: " + blob in done.stdout, done.stdout + done.stderr
        file.write_bytes(whole[:-100])
        done = run(agent_words(origin.registry.url, f"org/small:{origin.small.tag}", clients=1), check=False)
        assert done.returncode == 1 and "times wrong size, such as: " + blob in done.stdout, done.stdout + done.stderr
    finally:
        file.write_bytes(whole)


def stored(origin, digest: str) -> Path:
    """The file of a blob in the registry's storage."""
    hexadecimal = digest.removeprefix("sha256:")
    return origin.registry.directory / "data/docker/registry/v2/blobs/sha256" / hexadecimal[:2] / hexadecimal / "data"


def test_wrong_mirrors(lab, origin):
    """Nothing listens, and no such image: one line with what to do."""
    nothing = f"http://127.0.0.1:{unused_port()}"
    said = complaint(agent_words(nothing, origin.reference(origin.small)))
    assert nothing in said and "refused" in said.lower() and "--mirror" in said
    agent = lab.agent("agent", origin.at(origin.registry.url))
    missing = origin.reference(origin.small) + "-is-not-there"
    said = complaint(agent_words(f"http://{agent.mirror}", missing))
    assert missing in said and "404" in said
    assert "http://127.0.0.1:5000" in run(agent_words("127.0.0.1:5000", missing), check=False).stderr

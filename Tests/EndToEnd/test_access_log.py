"""The access log: a line of JSON for each request, whoever answered it."""

import json
import re
from datetime import datetime

from conftest import REGISTRY
from lab import skopeo
from lab.disk import SmallDisk
from lab.download import Download
from lab.shoal import Agent, shoal
from lab.waiting import eventually


def entries(file) -> list[dict]:
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def wait_for(file, matches) -> dict:
    """The entry that matches, once it is there."""
    eventually(lambda: any(matches(entry) for entry in entries(file)), "the entry")
    return next(entry for entry in entries(file) if matches(entry))


def get(agent: Agent, path: str, headers: dict[str, str] | None = None) -> Download:
    return Download(f"http://{agent.mirror}{path}", headers).finish()


def test_what_is_logged(lab, origin):
    """From the registry, from peers, from the store; by tag, by digest, in part, and what is refused."""
    tracker = lab.tracker()
    logs = [lab.path / f"access-{number}" for number in (1, 2)]
    first, second = (
        lab.agent(f"agent-{number}", origin.at(origin.registry.url), tracker=tracker, flags=["--access-log", str(log)])
        for number, log in enumerate(logs, 1)
    )
    reference = origin.reference(origin.large)
    digest, size = max(origin.large.blobs["amd64"].items(), key=lambda blob: blob[1])
    blob = origin.blob(origin.large, digest)
    skopeo.copy(f"{first.mirror}/{reference}", lab.path / "first")
    entry = wait_for(logs[0], lambda entry: entry.get("digest") == digest)
    assert datetime.fromisoformat(entry["time"].replace("Z", "+00:00")).year >= 2024
    assert re.fullmatch(r"127\.0\.0\.1:\d+", entry["client"]) and entry["seconds"] > 0
    wanted = {"method": "GET", "registry": REGISTRY, "repository": "org/large", "reference": digest, "status": 200, "bytes": size}
    assert entry | wanted | {"source": "origin"} == entry
    manifest = wait_for(logs[0], lambda entry: entry.get("reference") == origin.large.tag)
    assert manifest["digest"] == origin.large.digest and manifest["bytes"] == origin.large.blobs["amd64"][origin.large.digest]
    assert get(first, blob, {"Range": "bytes=5-9"}).status == 206
    part = wait_for(logs[0], lambda entry: entry["status"] == 206)
    assert part["bytes"] == 5 and part["source"] == "store" and part["digest"] == digest
    assert get(first, f"/v2/{REGISTRY}/org/large/manifests/missing", {"Authorization": "Bearer dont-tell"}).status == 404
    assert wait_for(logs[0], lambda entry: entry["status"] == 404)["reference"] == "missing"
    assert get(first, "/v2/").status == 200
    assert "registry" not in wait_for(logs[0], lambda entry: entry["status"] == 200 and "reference" not in entry)
    skopeo.copy(f"{second.mirror}/{reference}", lab.path / "second")
    assert wait_for(logs[1], lambda entry: entry.get("digest") == digest)["source"] == "peers"
    assert "dont-tell" not in logs[0].read_text()


def test_rotation(lab, origin):
    """A file that is renamed is made anew; all lines are in one or the other, also those of the last moment."""
    log = lab.path / "access"
    agent = lab.agent("agent", origin.at(origin.registry.url), flags=["--access-log", str(log)])
    get(agent, "/v2/")
    wait_for(log, lambda _: True)
    old = log.rename(lab.path / "access.1")
    count = 1

    def is_new() -> bool:
        nonlocal count
        count += 1
        get(agent, "/v2/")
        return log.exists()

    eventually(is_new, "the new file")
    agent.stop()
    assert len(entries(old)) + len(entries(log)) == count


def test_standard_output_and_bad_files(lab, origin):
    agent = lab.agent("agent", origin.at(origin.registry.url), flags=["--access-log", "stdout"])
    get(agent, "/v2/")
    eventually(lambda: '"status":200,"bytes":2' in agent.daemon.output, "the line")
    bad = shoal("agent", "--data", lab.path / "none", "--access-log", lab.path / "no/such/folder", check=False)
    assert bad.returncode == 1 and len(bad.stderr.splitlines()) == 1 and "--access-log" in bad.stderr, bad.stderr
    assert not (lab.path / "none").exists()


def test_full_disk(lab, origin):
    """Lines are lost and pulls are not."""
    disk = SmallDisk(lab, 1)
    log = disk.path / "access"
    agent = lab.agent("agent", origin.at(origin.registry.url), flags=["--access-log", str(log)])
    disk.fill()
    assert skopeo.copy(f"{agent.mirror}/{origin.reference(origin.small)}", lab.path / "pulled")

    def is_told() -> bool:
        get(agent, "/v2/")
        return "lines are missing" in agent.daemon.output

    eventually(is_told, "the warning")
    disk.unfill()
    get(agent, f"/v2/{REGISTRY}/org/small/manifests/missing")
    eventually(lambda: '"reference":"missing"' in log.read_text(), "lines again")
    assert json.loads(log.read_text().splitlines()[-1])["reference"] == "missing"

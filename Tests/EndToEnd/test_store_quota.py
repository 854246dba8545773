"""Stores with a quota, and disks that are full: what goes, who is told, and what clients see of it."""

import socket
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from conftest import REGISTRY
from lab import skopeo
from lab.disk import SmallDisk
from lab.download import Download
from lab.faultproxy import Rule
from lab.images import Layer, Layout
from lab.shoal import shoal
from lab.waiting import eventually

LAYER_BYTES = 8 << 20
COUNT = 4


class Shelf:
    """A registry with images of one 8 MiB layer each, besides the base layer that they share."""

    def __init__(self, lab):
        layout = Layout(lab.path / "layout")
        self.images = [layout.add(f"v{number}", [Layer(f"data-{number}", LAYER_BYTES)]) for number in range(COUNT)]
        self.registry = lab.registry()
        for image in self.images:
            self.registry.push(image, "org/shelf")
        self.layers = [image.largest_layer()[0] for image in self.images]
        self.sizes = [image.largest_layer()[1] for image in self.images]
        common = set.intersection(*({*image.blobs[next(iter(image.blobs))]} for image in self.images))
        (self.base,) = common

    def origins(self, url: str | None = None) -> dict[str, str]:
        return {REGISTRY: url or self.registry.url}

    def reference(self, number: int) -> str:
        return f"{REGISTRY}/org/shelf:{self.images[number].tag}"

    def blob(self, number: int) -> str:
        return f"/v2/{REGISTRY}/org/shelf/blobs/{self.layers[number]}"

    def pull(self, lab, agent, number: int) -> None:
        """A whole image, in the client's own order; waits until the agent has stored what it gave."""
        target = lab.path / f"pulled-{agent.name}-{number}"
        assert skopeo.copy(f"{agent.mirror}/{self.reference(number)}", target) == self.images[number].digest
        eventually(lambda: agent.counter("transfers_active") == 0, f"{agent.name} has stored v{number}")

    def held(self, agent) -> set[int]:
        """The images whose layer the agent has."""
        blobs = {blob["digest"] for blob in agent.api("blobs")["blobs"]}
        return {number for number, layer in enumerate(self.layers) if layer in blobs}


@pytest.fixture
def shelf(lab):
    return Shelf(lab)


def store_bytes(agent) -> int:
    return agent.counter("store_bytes") + agent.counter("store_partial_bytes")


def test_images_take_turns_within_the_quota(lab, shelf):
    """Image after image: the store never has more than its quota, and the image that was pulled first goes first, layer by layer."""
    quota = 22 << 20
    tracker = lab.tracker()
    agent = lab.agent("agent", shelf.origins(), tracker=tracker, flags=["--quota", str(quota)])
    shelf.pull(lab, agent, 0)
    shelf.pull(lab, agent, 1)
    assert shelf.held(agent) == {0, 1} and tracker.has_swarm(shelf.layers[0])
    shelf.pull(lab, agent, 0)
    shelf.pull(lab, agent, 2)
    assert shelf.held(agent) == {0, 2}, "v1 was not used for the longest time"
    eventually(lambda: not tracker.has_swarm(shelf.layers[1]), "the tracker knows that nobody has v1")
    assert agent.node in tracker.members(shelf.layers[2])
    shelf.pull(lab, agent, 3)
    assert shelf.held(agent) == {2, 3}
    assert store_bytes(agent) <= quota
    assert agent.holds(shelf.base), "every image has the base layer"
    assert agent.counter("store_evicted_bytes_total") >= shelf.sizes[0] + shelf.sizes[1]
    assert agent.counter("store_quota_bytes") == quota and agent.counter("store_refused_total") == 0
    assert " of 22 MiB" in shoal("status", "--agent", agent.http).stdout
    # What went is fetched again, like anything else.
    shelf.pull(lab, agent, 1)
    assert shelf.held(agent) == {1, 3}


def test_shared_layers_stay(lab, shelf):
    """The base layer comes from the origin once, however many images come and go."""
    proxy = lab.proxy(shelf.registry)
    agent = lab.agent("agent", shelf.origins(proxy.url), tracker=lab.tracker(), flags=["--quota", "22MiB"])
    for number in [0, 1, 2, 3, 0, 1]:
        shelf.pull(lab, agent, number)
    assert len(proxy.requests(f"^GET .*/blobs/{shelf.base}")) == 1
    proxy.settle()
    assert proxy.body_bytes(shelf.layers[0]) == 2 * shelf.sizes[0]


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_order_survives_a_restart(lab, shelf, end):
    """After a restart the image that was used last still stays; after a crash too, as uses more than a moment apart are recorded."""
    agent = lab.agent("agent", shelf.origins(), tracker=lab.tracker(), flags=["--quota", "22MiB"])
    shelf.pull(lab, agent, 0)
    shelf.pull(lab, agent, 1)
    if end == "stop":
        shelf.pull(lab, agent, 0)
    getattr(agent, end)()
    agent.start()
    assert shelf.held(agent) == {0, 1}
    shelf.pull(lab, agent, 2)
    assert shelf.held(agent) == ({0, 2} if end == "stop" else {1, 2})
    assert agent.holds(shelf.base)


def test_smaller_quota_after_a_restart(lab, shelf):
    """A quota that is lowered counts from the start, and the tracker hears only of what is left."""
    tracker = lab.tracker()
    agent = lab.agent("agent", shelf.origins(), tracker=tracker)
    for number in range(3):
        shelf.pull(lab, agent, number)
    agent.stop()
    agent.flags += ["--quota", "13M"]
    agent.start()
    assert shelf.held(agent) == {2}
    eventually(lambda: not tracker.has_swarm(shelf.layers[0]), "the tracker has heard that v0 is gone")
    assert store_bytes(agent) <= 13_000_000


def test_layer_that_is_read_stays(lab, shelf):
    """A client that takes its time keeps its layer: others go, or are not kept, but its body goes on to the right end."""
    agent = lab.agent("agent", shelf.origins(), tracker=lab.tracker(), flags=["--quota", "22MiB"])
    shelf.pull(lab, agent, 0)
    with closing(SlowReader(agent.mirror, shelf.blob(0))) as reader:
        for number in (1, 2, 3):
            shelf.pull(lab, agent, number)
            assert 0 in shelf.held(agent)
        assert shelf.held(agent) == {0, 3}
        assert len(reader.rest()) == shelf.sizes[0]


def test_layer_larger_than_the_quota(lab, shelf):
    """What can never fit is passed on: the client has it, the store does not, and nothing had to go for it."""
    tracker = lab.tracker()
    agents = [lab.agent(f"agent-{number}", shelf.origins(), tracker=tracker, flags=["--quota", "5M"]) for number in range(2)]
    for agent in agents:
        shelf.pull(lab, agent, 0)
        assert shelf.held(agent) == set() and agent.holds(shelf.base)
        assert agent.counter("store_refused_total") == 1
        assert agent.counter("store_bypassed_bytes_total") == shelf.sizes[0]
    assert not tracker.has_swarm(shelf.layers[0])


def test_image_larger_than_the_disk(lab, shelf):
    """A data directory on a tiny disk: the pull succeeds all the same, the agent lives on, and says once what is wrong."""
    disk = SmallDisk(lab, mebibytes=6)
    agent = lab.agent("agent", shelf.origins(), tracker=lab.tracker(), flags=["--data", disk.path / "data", "--min-free", "0"])
    for number in (0, 1):
        shelf.pull(lab, agent, number)
    warnings = [line for line in agent.daemon.output.splitlines() if "without being kept" in line and "warning" in line]
    assert len(warnings) == 1 and str(disk.path) in warnings[0], warnings
    assert agent.counter("store_refused_total") == 2
    agent.stop()


def test_disk_that_has_too_little_left(lab, shelf):
    """With the default minimum a small disk is left alone."""
    disk = SmallDisk(lab, mebibytes=64)
    agent = lab.agent("agent", shelf.origins(), tracker=lab.tracker(), flags=["--data", disk.path / "data"])
    shelf.pull(lab, agent, 0)
    assert agent.counter("blobs_held") == 0
    assert "--min-free" in agent.daemon.output


def test_disk_that_fills_up_during_a_pull(lab, shelf):
    """Something else fills the disk in the middle of a blob: its client's body goes on, by Range from where the store ended."""
    disk = SmallDisk(lab, mebibytes=24)
    proxy = lab.proxy(shelf.registry)
    slow = proxy.add(Rule(r"^GET .*/blobs/", "slow", bytes_per_second=2 << 20))
    agent = lab.agent("agent", shelf.origins(proxy.url), tracker=lab.tracker(), flags=["--data", disk.path / "data", "--min-free", "0"])
    download = Download(f"http://{agent.mirror}{shelf.blob(0)}")
    download.received_at_least(2 << 20)
    disk.fill()
    proxy.lift()
    assert slow.lifted.is_set() and download.finish().digest == shelf.layers[0]
    resumed = proxy.requests(f"^GET .*{shelf.layers[0]}")[-1]
    assert resumed.range_start and resumed.range_start >= 1 << 20, f"not from the beginning: {resumed}"
    assert agent.counter("store_refused_total") >= 1 and not agent.holds(shelf.layers[0])
    # With room again it keeps what it fetches.
    disk.unfill()
    shelf.pull(lab, agent, 0)
    assert shelf.held(agent) == {0}
    agent.stop()


class SlowReader:
    """A client that asks for a blob and then takes nothing of it until it is told to."""

    def __init__(self, mirror: str, path: str):
        host, port = urlsplit(f"//{mirror}").netloc.rsplit(":", 1)
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 << 10)
        self.socket.connect((host, int(port)))
        self.socket.sendall(f"GET {path} HTTP/1.1\r\nHost: {mirror}\r\nConnection: close\r\n\r\n".encode())
        self.start = self.socket.recv(1024)

    def rest(self) -> bytes:
        """The whole body."""
        data = [self.start]
        while chunk := self.socket.recv(1 << 20):
            data.append(chunk)
        return b"".join(data).split(b"\r\n\r\n", 1)[1]

    def close(self) -> None:
        self.socket.close()

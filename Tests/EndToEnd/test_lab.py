"""The lab itself is sound: without Shoal, clients pull from the registry, and the fault proxy does what it is told.

When one of these fails, what the other tests say means nothing.
"""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lab.download import Download
from lab.faultproxy import Rule
from lab.images import GREETING, NATIVE
from lab.left_running import started
from lab.processes import Daemon
from lab.processor import with_descendants
from lab.waiting import eventually
from lab import skopeo

FAMILY = ["sh", "-c", "sleep 600 & wait"]
STARTS_A_FAMILY = f"""
import sys, time
from pathlib import Path
from lab.processes import Daemon
daemon = Daemon("family", {FAMILY}, Path(sys.argv[1]), family=True)
daemon.start()
print(daemon.pid, flush=True)
time.sleep(600)
"""


def test_skopeo_pulls_directly(lab, origin):
    """`skopeo copy --all` from the registry gives the digest that was pushed."""
    source = f"127.0.0.1:{origin.registry.port}/org/small:small"
    assert skopeo.copy(source, lab.path / "all", every_platform=True) == origin.small.digest
    assert skopeo.copy(source, lab.path / "native") == origin.small.manifests[NATIVE]


def test_containerd_pulls_directly_and_runs(lab, origin):
    """containerd pulls from the registry named in hosts.toml, and the image runs."""
    containerd = lab.containerd()
    containerd.mirror("registry.example.com", f"127.0.0.1:{origin.registry.port}", origin.registry.url)
    assert containerd.pull("registry.example.com/org/small:small") == origin.small.digest
    assert containerd.run("registry.example.com/org/small:small").strip() == GREETING


def test_docker_pulls_directly_and_runs(lab, origin):
    """dockerd takes an image of docker.io from the registry that is its mirror, and the image runs."""
    docker = lab.docker(mirror=f"127.0.0.1:{origin.registry.port}")
    assert docker.pull("org/small:small") == origin.small.digest
    assert docker.run("org/small:small").strip() == GREETING


def blob_of(origin, base: str) -> tuple[str, int, str]:
    digest, size = origin.large.largest_layer()
    return digest, size, f"{base}/v2/org/large/blobs/{digest}"


def test_proxy_passes_and_logs(lab, origin):
    proxy = lab.proxy(origin.registry)
    digest, size, url = blob_of(origin, proxy.url)
    whole = Download(url).finish()
    assert (whole.status, whole.received, whole.digest) == (200, size, digest)
    part = Download(url, {"Range": "bytes=1000-1999"}).finish()
    assert (part.status, part.received) == (206, 1000)
    proxy.settle()
    assert [request.range_start for request in proxy.requests("blobs")] == [None, 1000]
    assert proxy.body_bytes() == size + 1000


def test_proxy_corrupts_one_byte(lab, origin):
    proxy = lab.proxy(origin.registry)
    digest, size, url = blob_of(origin, proxy.url)
    proxy.add(Rule("/blobs/", "corrupt", at=5_000_000))
    harmed = Download(url).finish()
    assert harmed.received == size and harmed.digest != digest


@pytest.mark.parametrize("fault", ["truncate", "reset"])
def test_proxy_breaks_off_once(lab, origin, fault):
    proxy = lab.proxy(origin.registry)
    digest, size, url = blob_of(origin, proxy.url)
    proxy.add(Rule("/blobs/", fault, at=1_000_000, times=1))
    broken = Download(url).finish()
    assert broken.error and broken.received <= 1_000_000
    assert Download(url).finish().digest == digest


def test_proxy_slows_until_lifted(lab, origin):
    proxy = lab.proxy(origin.registry)
    digest, size, url = blob_of(origin, proxy.url)
    proxy.add(Rule("/blobs/", "slow", bytes_per_second=1 << 20))
    slow = Download(url)
    slow.received_at_least(200_000)
    assert slow.running
    proxy.lift()
    assert slow.finish(seconds=10).digest == digest


def test_proxy_answers_a_status(lab, origin):
    proxy = lab.proxy(origin.registry)
    proxy.add(Rule("/manifests/", "status", code=429, headers={"Retry-After": "1"}))
    refused = Download(f"{proxy.url}/v2/org/small/manifests/small").finish()
    assert refused.status == 429 and refused.headers["retry-after"] == "1"


def family_of(pid: int) -> list[int]:
    """The processes of a daemon that runs FAMILY: the one that made the namespace, the shell, and what that started."""
    eventually(lambda: len(with_descendants(pid)) == 3, "the daemon has started its child")
    return with_descendants(pid)


def all_end(processes: list[int]) -> None:
    eventually(lambda: all(started(pid) is None for pid in processes), "the daemon's processes end")


def test_a_family_ends_with_the_daemon(tmp_path):
    daemon = Daemon("family", FAMILY, tmp_path / "log", family=True)
    daemon.start()
    processes = family_of(daemon.pid)
    daemon.kill()
    all_end(processes)


def test_a_family_ends_with_whoever_started_it(tmp_path):
    """Though that is killed and can do nothing about it."""
    command = [sys.executable, "-c", STARTS_A_FAMILY, tmp_path / "log"]
    starter = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent)
    processes = family_of(int(starter.stdout.readline()))
    starter.send_signal(signal.SIGKILL)
    starter.wait()
    all_end(processes)

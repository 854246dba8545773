"""The swarm lab (Tests/SwarmLab) is sound: its bounds are the theory's, its links are shaped, and it leaves nothing behind.

When one of these fails, what `make lab` prints means nothing.
"""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lab.host import Namespace
from lab.images import NATIVE, Layer, Layout
from lab.network import NAME, NAMESPACES, Network, mark, remove_leftovers
from lab.processes import run
from lab.waiting import eventually
from lab.workspace import MEMORY

SWARM_LAB = Path(__file__).resolve().parents[1] / "SwarmLab"
sys.path.insert(0, str(SWARM_LAB))

from swarmlab import bounds  # noqa: E402
from swarmlab.figures import figures  # noqa: E402
from swarmlab.scenarios import SCENARIOS, Setting  # noqa: E402
from swarmlab.trial import REPOSITORY, Source, Trial  # noqa: E402

MIB = 1 << 20


@pytest.mark.parametrize(
    "megabytes, ratios",
    [(10, (1.07, 1.28, 2.10, 4.67)), (63, (1.01, 1.05, 1.18, 1.69)), (500, (1.00, 1.01, 1.02, 1.09))],
)
def test_bound_for_equal_links(megabytes, ratios):
    """T* by the time of one copy, for 2,048 peers and pieces of 64 KiB, 256 KiB, 1 MiB and 4 MiB: what piece lengths cost."""
    size = megabytes * 10**6
    for length, ratio in zip((64 << 10, 256 << 10, MIB, 4 * MIB), ratios):
        pieces = -(-size // length)
        assert bounds.equal_links(size, pieces, 2048, upload=size) == pytest.approx(ratio, abs=0.005)


def test_bound_for_unequal_links():
    """The source's link, the slowest reader's, and all uploads together: each can be the narrowest."""
    assert bounds.unequal_links(100, source=10, downloads=[50, 50], uploads=[50, 50]) == 10
    assert bounds.unequal_links(100, source=50, downloads=[5, 50], uploads=[50, 50]) == 20
    assert bounds.unequal_links(100, source=20, downloads=[50] * 8, uploads=[10] * 8) == 8


def test_pieces_as_the_agents_cut_them():
    assert [bounds.piece_length(size) for size in (0, 32 * MIB, 32 * MIB + 1, 500 * MIB, 1 << 40)] == [
        64 << 10, 64 << 10, 128 << 10, MIB, MIB
    ]  # fmt: skip
    assert bounds.piece_count([0, 1, 64 << 10, (64 << 10) + 1]) == 5


def test_three_agents_on_shaped_links(lab):
    """Three agents pull over links of 200 Mbit/s: no faster than a link allows, and both counts of the origin's bytes agree."""
    layout = Layout(lab.path / "layout")
    image = layout.add("1.0", [Layer("application", 4 * MIB), Layer("library", 2 * MIB)])
    registry = lab.registry()
    registry.push(image, REPOSITORY)
    registry.stop()
    setting = Setting(3, megabits=200, origin_megabits=200, zone_megabits=200, sizes=tuple(image.blobs[NATIVE].values()))
    measured = Trial(SCENARIOS["flash-crowd"], setting, Source(registry.directory, image)).run(lambda text: None)
    found = figures(measured)
    assert found["unfinished"] == 0, [node["error"] for node in measured["nodes"]]
    assert all(node["toClient"] == image.size() for node in measured["nodes"])
    assert found["p50Ratio"] > 0.95  # a bucket of 128 KiB was full at the start
    assert found["originCopiesOnWire"] == pytest.approx(found["originCopies"], abs=0.02)
    assert not [path.name for path in NAMESPACES.iterdir() if path.name.startswith(mark())]


def test_what_a_killed_lab_left_is_removed():
    """Namespaces and folders whose maker is gone are removed; those of a lab that runs are not."""
    nobody = 2**22 + 1  # above every pid (proc(5), pid_max)
    left = Namespace(f"{NAME}-{nobody}.1-node1")
    with left.inside():
        sleeper = subprocess.Popen(["sleep", "60"])
    folder = MEMORY / f"{NAME}-{nobody}.1-store"
    folder.mkdir()
    network = Network()
    try:
        remove_leftovers()
        assert not folder.exists()
        names = {path.name for path in NAMESPACES.iterdir()}
        assert left.name not in names and f"{mark()}-switch" in names
        assert sleeper.wait(10) == -signal.SIGKILL
    finally:
        network.remove()
        sleeper.kill()


def test_lab_ends_cleanly_on_sigterm(tmp_path):
    """SIGTERM while agents start: the lab says so, and no namespace of it stays."""
    command = [sys.executable, SWARM_LAB / "main.py", "flash-crowd", "--size", "5", "--results", tmp_path]
    lab = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    eventually(lambda: list(NAMESPACES.glob(f"{NAME}-{lab.pid}.*-node2")), "the lab has made its second node", 30)
    lab.send_signal(signal.SIGTERM)
    assert lab.wait(30) == 143, lab.stderr.read()
    assert not list(NAMESPACES.glob(f"{NAME}-{lab.pid}.*"))


def test_lab_needs_root():
    """Without root, one line says what is missing."""
    done = run(["setpriv", "--reuid=65534", "--clear-groups", sys.executable, SWARM_LAB / "main.py"], check=False)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "root" in done.stderr

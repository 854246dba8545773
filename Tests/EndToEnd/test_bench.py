"""The benchmarks (Benchmarks) are sound: pairs are compared by themselves, in turn, and what failed shows as such.

When one of these fails, what `make bench` prints means nothing.
"""

import json
import os
import signal
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Benchmarks"))

from bench import blobs, report  # noqa: E402
from bench.comparison import Comparison, Sample, alone, at_least, at_most, difference, ratio  # noqa: E402
from bench.progress import Progress  # noqa: E402
from bench.runner import run_row  # noqa: E402
from bench.usage import Usage  # noqa: E402
from lab.download import Download  # noqa: E402
from lab.processes import Daemon, run  # noqa: E402
from lab.processor import with_descendants  # noqa: E402

WARMING = [("ours", 1.0), ("rival", 1.0)]


def row_of(quantities, ours, theirs, calls=None):
    """A row of one comparison whose samples are given; `calls` gets the order in which they were taken."""

    def taker(side, values):
        values = iter([1.0, *values])

        def take():
            value = next(values)
            if isinstance(value, Exception):
                raise value
            if calls is not None:
                calls.append((side, value))
            return Sample({quantity.name: value for quantity in quantities}, processor_seconds=2, peak_bytes=3_000_000)

        return take

    def row():
        """A row for a test"""
        yield Comparison("do it", "somebody", quantities, taker("ours", ours), taker("rival", theirs))

    return row


def test_pairs_take_turns_after_a_warm_up():
    calls = []
    run_row("row", row_of([ratio("speed", "B/s")], [2.0, 3.0], [4.0, 5.0], calls), 2, Progress())
    assert calls == WARMING + [("ours", 2.0), ("rival", 4.0), ("rival", 5.0), ("ours", 3.0)]


@pytest.mark.parametrize(
    "quantity, pairs, middle, verdict",
    [
        (ratio("speed", "B/s", at_least(0.9)), [(9, 10), (1, 1), (50, 100)], "0.90x (0.50 to 1.00)", "met"),
        (ratio("time", "s", at_most(1.05)), [(11, 10), (12, 10), (10, 10)], "1.10x (1.00 to 1.20)", "MISSED"),
        (difference("first byte", "ms", at_most(10, " ms")), [(14, 5), (30, 1), (6, 5)], "9.00 ms (1.00 to 29.00)", "met"),
        (alone("resident", "MB", at_most(40, " MB")), [(41, 1), (42, 1), (39, 1)], "41.00 MB (39.00 to 42.00)", "MISSED"),
        (ratio("rate", "requests/s"), [(1, 1), (2, 1), (3, 1)], "2.00x (1.00 to 3.00)", ""),
    ],
)
def test_each_pair_is_compared_by_itself(quantity, pairs, middle, verdict):
    """The median is of the pairs' comparisons: a pair in which both sides were slow says as much as any other."""
    ours, theirs = zip(*pairs)
    [result] = run_row("row", row_of([quantity], ours, theirs), len(pairs), Progress())
    line = report.terminal([result]).splitlines()[2]
    assert middle in line
    assert ("MISSED" in line, " met " in line) == (verdict == "MISSED", verdict == "met")
    assert "2.00 / 2.00" in line and "3 / 3" in line


def test_what_failed_has_no_figures(tmp_path):
    """A side that fails ends its comparison; the error is in every form of the report, and no number is."""
    failing = row_of([ratio("speed", "B/s", at_least(1))], [1.0, AssertionError("the agent\nwent away")], [1.0, 1.0])
    results = run_row("row", failing, 2, Progress())
    paths = report.write(tmp_path / "results", results, {"date": "today"}, 2, 1)
    for text in (report.terminal(results), paths[0].read_text()):
        assert "FAILED" in text and "the agent went away" in text and "met" not in text
    [comparison] = json.loads(paths[1].read_text())["comparisons"]
    assert (comparison["error"], comparison["quantities"]) == ("the agent went away", [])


def test_a_row_that_cannot_begin_does_not_end_the_others():
    def row():
        """A row for a test"""
        raise OSError("no such thing")
        yield

    [result] = run_row("row", row, 1, Progress())
    assert result.error == "no such thing"


def test_usage_counts_children(tmp_path):
    """What a server's worker processes use counts as the server's."""
    busy = Daemon("busy", ["sh", "-c", "sh -c 'while :; do :; done' & wait"], tmp_path / "log")
    busy.start()
    busy.wait_until(lambda: len(with_descendants(busy.pid)) == 2, "it has a child")
    with Usage(busy) as usage:
        run(["sh", "-c", "i=0; while [ $i -lt 300000 ]; do i=$((i + 1)); done"])
    child = with_descendants(busy.pid)[1]
    os.kill(child, signal.SIGKILL)
    busy.kill()
    assert usage.processor_seconds > 0
    assert usage.peak_bytes > 100_000


def test_a_blob_is_the_same_everywhere(lab):
    """Registries and agents that are given a blob by a link serve it, without having copied it."""
    blob = blobs.make(lab, 5 * blobs.MIB + 1)
    registry = blobs.registry_with(lab, [blob])
    agent = blobs.agent_with(lab, [blob], lab.tracker())
    cache = lab.registry(pulls_through=registry.url)
    assert blob.file.stat().st_nlink == 3
    for base in (registry.url, cache.url):
        assert Download(base + blob.at_registry).finish().digest == blob.digest
    assert Download(f"http://{agent.mirror}{blob.at_agent}").finish().digest == blob.digest

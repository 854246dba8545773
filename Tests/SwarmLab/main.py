"""`make lab`: swarms of real agents on shaped links, against the best that is possible.

Every scenario runs in network namespaces of this machine: an origin, a tracker, and agents with a link each.
"""

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "EndToEnd"))

from lab.cluster import Lab  # noqa: E402
from lab.images import NATIVE, Layer, Layout  # noqa: E402
from lab.network import CannotBuild, check, mark, remove_leftovers  # noqa: E402
from lab.shoal import BINARIES, SHOAL, TRACKER  # noqa: E402
from lab.workspace import MEMORY  # noqa: E402

from swarmlab.figures import figures, medians  # noqa: E402
from swarmlab.report import heading, summary, tables  # noqa: E402
from swarmlab.results import save  # noqa: E402
from swarmlab.scenarios import SCENARIOS, Setting  # noqa: E402
from swarmlab.trial import REPOSITORY, Source, Trial  # noqa: E402

RESULTS = Path(__file__).resolve().parent / "results"
SHARES = {"model": 0.42, "libraries": 0.25, "runtime": 0.15, "assets": 0.10, "application": 0.05, "packages": 0.02}
"""Layers by their part of the image; the rest is small: busybox, certificates, settings."""


class Screen:
    """One line that is overwritten while something runs, if somebody watches."""

    def __init__(self):
        self.live = sys.stdout.isatty()

    def progress(self, text: str) -> None:
        if self.live:
            print(f"\r\033[K  {text}", end="", flush=True)

    def line(self, text: str = "") -> None:
        print(("\r\033[K" if self.live else "") + text, flush=True)


def keep_in_memory(size: int) -> None:
    """Puts all stores, of `size` bytes together, into memory where there is plenty: nodes that share one disk here have one each in a cluster."""
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 2 * size:
        tempfile.tempdir = str(MEMORY)


def make_source(lab: Lab, size: int) -> Source:
    """Makes the image, and pushes it to a registry whose data every run's origin then serves."""
    layers = [Layer(name, int(size * share)) for name, share in SHARES.items()]
    layers += [Layer("certificates", 300 << 10), Layer("settings", 12 << 10)]
    layout = Layout(lab.path / "layout")
    image = layout.add("1.0", layers)
    registry = lab.registry()
    registry.push(image, REPOSITORY)
    registry.stop()
    shutil.rmtree(layout.directory)
    return Source(registry.directory, image)


def play(name: str, options: argparse.Namespace, setting: Setting, source: Source, screen: Screen) -> dict:
    """All runs of one scenario: what results/NAME.json holds."""
    runs, found = [], []
    for number in range(1, options.repeat + 1):
        trial = Trial(SCENARIOS[name], setting, source, log_level=options.log_level, logs=options.results / "logs" / f"{name}-{number}")
        run = trial.run(lambda text: screen.progress(f"{name} {number}/{options.repeat}: {text}"))
        runs.append(run)
        found.append(figures(run))
        screen.line(f"{name} {number}/{options.repeat}: {summary(run, found[-1])}")
    return {
        "scenario": name,
        "about": SCENARIOS[name].about,
        "agents": setting.agents,
        "megabits": setting.megabits,
        "originMegabits": setting.origin_megabits,
        "zoneMegabits": setting.zone_megabits if SCENARIOS[name].zones > 1 else None,
        "blobBytes": list(setting.sizes),
        "bestSeconds": round(setting.best_seconds, 3),
        "measuredAt": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "cores": os.cpu_count(),
        "medians": medians(found),
        "figures": found,
        "runs": runs,
    }


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scenario", nargs="*", metavar="SCENARIO", help=f"{', '.join(SCENARIOS)}; default: all")
    parser.add_argument("--agents", type=int, default=32, help="how many (default: 32)")
    parser.add_argument("--rate", type=float, default=100, help="of every node's link, Mbit/s (default: 100)")
    parser.add_argument("--origin-rate", type=float, help="of the origin's link, Mbit/s (default: as the nodes')")
    parser.add_argument("--zone-rate", type=float, help="of the link between two zones, Mbit/s (default: as one node's)")
    parser.add_argument("--size", type=float, default=300, help="of the image, MB (default: 300)")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each scenario, of which the medians are reported (default: 3)")
    levels = ("info", "debug", "trace")
    parser.add_argument("--log-level", default="info", choices=levels, help="of the agents, whose logs are kept when a pull fails")
    parser.add_argument("--nice", type=int, default=0, help="of all programs; below 0 on a machine that does other work too (default: 0)")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where JSON and SVG go")
    options = parser.parse_args()
    for name in options.scenario:
        if name not in SCENARIOS:
            parser.error(f"no scenario is called {name!r}; there are {', '.join(SCENARIOS)}")
    if options.agents < 2 or options.repeat < 1 or min(options.rate, options.size) <= 0:
        parser.error("there must be two agents at least, one run, and something to send over some link")
    return options


def run(options: argparse.Namespace) -> int:
    check()
    for program in (SHOAL, TRACKER):
        if not program.exists():
            raise CannotBuild(f"there is no {program}: run `make build`, or say where it is with LAB_BINARIES")
    remove_leftovers()
    keep_in_memory(int((options.agents + 2) * options.size * 1e6))
    os.setpriority(os.PRIO_PROCESS, 0, options.nice)
    screen = Screen()
    lab = Lab(name=mark())
    try:
        screen.progress("making an image and pushing it to a registry")
        source = make_source(lab, int(options.size * 1e6))
        setting = Setting(
            agents=options.agents,
            megabits=options.rate,
            origin_megabits=options.origin_rate or options.rate,
            zone_megabits=options.zone_rate or options.rate,
            sizes=tuple(source.image.blobs[NATIVE].values()),
        )
        screen.line(f"{heading(setting)}; programs from {BINARIES}")
        names = options.scenario or list(SCENARIOS)
        documents = {name: play(name, options, setting, source, screen) for name in names}
    finally:
        lab.close()
    save(documents, options.results, heading(setting))
    screen.line(f"\nMedians of {options.repeat} run(s); {heading(setting)}\n\n{tables(documents)}\n\nsaved to {options.results}")
    return 1 if any(found["unfinished"] for document in documents.values() for found in document["figures"]) else 0


def main() -> int:
    options = parse()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return run(options)
    except CannotBuild as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted; everything that was started is ended", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())

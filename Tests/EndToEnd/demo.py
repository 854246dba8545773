"""The demo: one realistic image, pulled on five nodes at once, and where every byte came from.

`make demo` runs it and leaves nothing running; `make demo KEEP=1` leaves the cluster up, `make demo-stop` ends that.
"""

import argparse
import shutil
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lab import skopeo
from lab.cluster import Lab
from lab.images import NATIVE, Image, Layer, Layout
from lab.left_running import end, remember
from lab.registry import Registry
from lab.shoal import CHECKOUT, SHOAL, Agent, Tracker
from lab.table import megabytes, table

REGISTRY = "registry.example.com"
REPOSITORY = "shop/frontend"
TAG = "1.0"
REFERENCE = f"{REGISTRY}/{REPOSITORY}:{TAG}"
AGENTS = 5
STATE = CHECKOUT / ".build/demo.json"
MIB = 1 << 20

LAYERS = [
    Layer("ca-certificates", 300 << 10),
    Layer("runtime", 24 * MIB),
    Layer("libraries", 60 * MIB),
    Layer("application", 6 * MIB),
    Layer("assets", 40 * MIB, portable=True),
    Layer("model", 170 * MIB, portable=True),
    Layer("settings", 12 << 10),
]


class Screen:
    """Progress for the person who waits. Bold only on a terminal."""

    def __init__(self):
        self.bold, self.plain = ("\033[1m", "\033[0m") if sys.stdout.isatty() else ("", "")
        self.started = time.monotonic()

    def step(self, text: str) -> None:
        print(f"{self.bold}[{time.monotonic() - self.started:5.1f} s]{self.plain} {text}", flush=True)

    def heading(self, text: str) -> None:
        print(f"\n{self.bold}{text}{self.plain}", flush=True)


def pull(agent: Agent, image: Image, target: Path) -> float:
    """Pulls the image with skopeo through `agent`; returns the seconds that took."""
    started = time.monotonic()
    digest = skopeo.copy(f"{agent.mirror}/{REFERENCE}", target)
    assert digest == image.manifests[NATIVE], f"{agent.name} delivered {digest}, pushed was {image.manifests[NATIVE]}"
    seconds = time.monotonic() - started
    shutil.rmtree(target)
    return seconds


def report(screen: Screen, agents: list[Agent], seconds: dict[str, float], image: Image) -> float:
    """Prints who got what from where; returns the copies of the image that left the origin."""
    columns = ("origin_received_bytes_total", "peer_received_bytes_total", "mirror_sent_bytes_total")
    counters = {agent.name: [agent.counter(column) for column in columns] for agent in agents}
    totals = [sum(column) for column in zip(*counters.values())]
    rows = [[name, f"{seconds[name]:.1f}", *map(megabytes, counts)] for name, counts in counters.items()]
    rows.append(["all", f"{max(seconds.values()):.1f}", *map(megabytes, totals)])
    screen.heading(f"Five pulls at once of {REFERENCE} ({megabytes(image.size())} MB for {NATIVE}), in MB")
    print(table(["agent", "seconds", "from origin", "from peers", "to client"], rows))
    copies = totals[0] / image.size()
    print(f"\n  copies taken from the origin: {screen.bold}{copies:.2f}{screen.plain}  ({totals[0]:,} of {image.size():,} bytes)")
    return copies


def matrix(screen: Screen, agents: list[Agent]) -> None:
    """Prints how many MB went from whom to whom, as the receivers counted them."""
    reports = {agent.name: agent.api("peers") for agent in agents}
    names = {report["node"]: name for name, report in reports.items()}
    received = {
        (names.get(peer["node"], peer["node"]), name): peer["bytesReceived"] for name, report in reports.items() for peer in report["peers"]
    }
    rows = []
    for source in reports:
        rows.append([source] + ["." if source == sink else megabytes(received.get((source, sink), 0)) for sink in reports])
    screen.heading("From whom (rows) to whom (columns) the pieces went, in MB")
    print(table(["", *reports], rows))


def play(lab: Lab, agents: list[Agent], tracker: Tracker, registry: Registry) -> str:
    """What to do with a cluster that is left running."""
    first = agents[0]
    return f"""
  The registry is at {registry.url}, the tracker's HTTP at {tracker.http}, and the agents are:

{table(["agent", "mirror", "admin"], [[agent.name, agent.mirror, agent.http] for agent in agents], indent="    ")}

    skopeo copy --src-tls-verify=false docker://{first.mirror}/{REFERENCE} dir:/tmp/frontend
    {SHOAL} pull {REFERENCE} --agent http://{first.mirror} -o /tmp/frontend-layout
    {SHOAL} status --agent {first.http}
    curl {first.http}/api/v1/peers
    curl {tracker.http}/api/v1/swarms
    tail -f {lab.path}/*/*.log

  `make demo-stop` ends all of it and removes {lab.path}."""


def run(keep: bool) -> int:
    end(STATE)
    screen = Screen()
    lab = Lab(outlive=keep)
    kept = False
    try:
        screen.step("making an image of seven layers over busybox, for amd64 and arm64 ...")
        layout = Layout(lab.path / "layout")
        image = layout.add(TAG, LAYERS, ("amd64", "arm64"))
        screen.step(f"starting docker-registry and pushing {megabytes(layout.size)} MB to it ...")
        registry = lab.registry()
        registry.push(image, REPOSITORY)
        shutil.rmtree(layout.directory)
        screen.step(f"starting a tracker and {AGENTS} agents ...")
        tracker = lab.tracker()
        agents = lab.agents(AGENTS, {REGISTRY: registry.url}, tracker=tracker)

        screen.step(f"pulling {REFERENCE} on all {AGENTS} at once with skopeo ...")
        with ThreadPoolExecutor(AGENTS) as pool:
            times = pool.map(lambda agent: pull(agent, image, lab.path / f"pulled-{agent.name}"), agents)
            seconds = {agent.name: taken for agent, taken in zip(agents, times)}
        copies = report(screen, agents, seconds, image)
        matrix(screen, agents)
        print(flush=True)

        screen.step("pulling it on agent-1 with containerd (hosts.toml) and running it ...")
        containerd = lab.containerd()
        containerd.mirror(REGISTRY, agents[0].mirror, registry.url)
        started = time.monotonic()
        digest = containerd.pull(REFERENCE)
        taken = time.monotonic() - started
        assert digest == image.digest, f"containerd got {digest}, pushed was {image.digest}"
        screen.step(f"containerd has {digest[:19]}, as it was pushed, after {taken:.1f} s; it runs and says: {containerd.run(REFERENCE).strip()}")
        containerd.stop()

        if keep:
            remember(STATE, lab)
            kept = True
            screen.heading("Left running")
            print(play(lab, agents, tracker, registry))
        if round(copies, 2) != 1.00:
            print(f"expected 1.00 copies from the origin, not {copies:.2f}", file=sys.stderr)
            return 1
        return 0
    except BaseException:
        for name, log in lab.logs().items():
            print(f"--- log of {name}\n{log}", file=sys.stderr)
        raise
    finally:
        if not kept:
            screen.step("stopping everything ...")
            lab.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keep", action="store_true", help="leave the cluster running and say how to play with it")
    parser.add_argument("--stop", action="store_true", help="end a cluster that was left running")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if options.stop:
        print("stopped" if end(STATE) else "nothing was left running")
        return 0
    try:
        return run(options.keep)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())

"""One run of one scenario: builds the network, starts origin, tracker and agents in it, lets all nodes pull, and counts."""

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from lab.cluster import Lab
from lab.images import Image
from lab.metrics import Metrics
from lab.network import Network, mark
from lab.shoal import Agent

from . import clients
from .ledger import Ledger
from .machine import process_seconds
from .scenarios import Node, Scenario, Setting
from .timeline import Timeline

REGISTRY = "registry.example.com"
REPOSITORY = "shop/frontend"
COUNTERS = {
    "fromOrigin": "origin_received_bytes_total",
    "fromPeers": "peer_received_bytes_total",
    "toPeers": "peer_sent_bytes_total",
    "toClient": "mirror_sent_bytes_total",
    "duplicate": "duplicate_bytes_total",
    "rejected": "rejected_bytes_total",
}
"""An agent's metrics that are kept for every node, under the names they have in the results."""


@dataclass
class Source:
    """What the origin of every run serves."""

    registry: Path
    """A registry's data, pushed before."""
    image: Image


class Trial:
    """A scenario's network and processes."""

    def __init__(self, scenario: Scenario, setting: Setting, source: Source, *, log_level: str = "info", logs: Path | None = None):
        """`logs`: where the programs' logs go if a pull that nobody killed does not finish."""
        self.scenario = scenario
        self.setting = setting
        self.source = source
        self.log_level = log_level
        self.logs = logs
        self.nodes = scenario.nodes(setting)
        self.counts: dict[str, dict[str, int]] = {}
        self.killed: dict[str, tuple[float, float]] = {}
        """CPU seconds that agents had used when they were killed."""

    def run(self, progress: Callable[[str], None]) -> dict:
        """Plays the scenario once. Returns everything measured, as results/*.json has it."""
        with ExitStack() as ending:
            progress("building the network")
            self.network = Network(self.scenario.zones, f"{self.setting.zone_megabits}mbit")
            ending.callback(self.network.remove)
            self.lab = Lab(name=mark())
            ending.callback(self.lab.close)
            self._start(progress)
            return self._measure(progress)

    def _start(self, progress: Callable[[str], None]) -> None:
        origin = self.network.host("origin", f"{self.setting.origin_megabits}mbit")
        self.registry = self.lab.registry(host=origin, directory=self.source.registry)
        flags = ["--origin-zone", "zone0"] if self.scenario.zones > 1 else []  # as whoever runs a cluster with a thin link would say
        self.tracker = self.lab.tracker(flags=flags, host=self.network.host("tracker", None))  # its few bytes wait for nobody's link
        self.agents: dict[str, Agent] = {}
        for node in self.nodes:
            progress(f"starting agent {len(self.agents) + 1} of {len(self.nodes)}")
            host = self.network.host(node.name, f"{node.megabits}mbit", node.zone)
            flags = ["--zone", f"zone{node.zone}", "--log-level", self.log_level]
            origins = {REGISTRY: self.registry.url}
            self.agents[node.name] = self.lab.agent(node.name, origins, tracker=self.tracker, flags=flags, host=host)

    def _measure(self, progress: Callable[[str], None]) -> dict:
        pulls = {node.name: self._pull(node) for node in self.nodes}
        timeline, before = Timeline(self.network), Ledger(self.network, self.lab)

        def tick(seconds: float) -> None:
            self._kill(seconds)
            timeline.sample(seconds)
            done = sum(pull.finished is not None for pull in pulls.values())
            progress(f"{seconds:5.1f} s: {done} of {len(pulls)} nodes done")

        longest = max(node.bound_seconds + node.delay_seconds for node in self.nodes)
        began = clients.run(list(pulls.values()), tick, limit_seconds=5 * longest + 60)
        after = Ledger(self.network, self.lab, self.killed)
        timeline.sample(after.time - began)
        for name in self.agents.keys() - self.killed.keys():
            self._count(name)
        if self.logs and any(pull.error or not self.agents[name].daemon.alive for name, pull in pulls.items() if name not in self.killed):
            self._save_logs(self.logs)
        return {
            "seconds": round(after.time - began, 3),
            "bestSeconds": round(self.setting.best_seconds, 3),
            "imageBytes": self.setting.size,
            "originSentBytes": after.sent("origin", before),
            "trackerSentBytes": after.sent("tracker", before),
            "zoneCrossingBytes": self._crossing(before, after),
            "cpu": self._cpu(before, after),
            "nodes": [self._node(node, pulls[node.name], began, before, after) for node in self.nodes],
            "timeline": timeline.document(),
        }

    def _pull(self, node: Node) -> clients.Pull:
        agent, name = self.agents[node.name], f"{REGISTRY}/{REPOSITORY}"
        return clients.Pull(agent.host, agent.mirror, name, self.source.image.tag, node.delay_seconds)

    def _kill(self, seconds: float) -> None:
        for node in self.nodes:
            if node.killed_after_seconds is not None and seconds >= node.killed_after_seconds and node.name not in self.killed:
                agent = self.agents[node.name]
                self._count(node.name)
                self.killed[node.name] = process_seconds(agent.daemon.pid)
                agent.kill()

    def _count(self, name: str) -> None:
        """Keeps what the agent counted. One that has crashed has counted nothing; its node's pull has failed with it."""
        agent = self.agents[name]
        metrics = agent.metrics() if agent.daemon.alive else Metrics()
        self.counts[name] = {key: int(metrics.total(f"shoal_{metric}")) for key, metric in COUNTERS.items()}

    def _crossing(self, before: Ledger, after: Ledger) -> dict[str, int] | None:
        """What crossed the link between two zones; the port `down1` is the second zone's."""
        if self.scenario.zones == 1:
            return None
        return {"intoSecond": after.sent("down1", before), "outOfSecond": after.received("down1", before)}

    def _cpu(self, before: Ledger, after: Ledger) -> dict:
        """Shares of the machine's time, and CPU seconds (user, kernel) of the programs."""
        return {
            **{name: round(share, 4) for name, share in after.machine.shares(before.machine).items()},
            "coreSeconds": round(after.machine.all - before.machine.all, 2),
            "agentsSeconds": after.cpu_seconds(self.agents, before),
            "originSeconds": after.cpu_seconds([self.registry.daemon.name], before),
            "trackerSeconds": after.cpu_seconds([self.tracker.name], before),
            "clientsSeconds": round(after.lab_seconds - before.lab_seconds, 2),
        }

    def _node(self, node: Node, pull: clients.Pull, began: float, before: Ledger, after: Ledger) -> dict:
        def since(start: float, moment: float | None) -> float | None:
            return None if moment is None else round(moment - start, 3)

        return {
            "name": node.name,
            "megabits": node.megabits,
            "zone": node.zone,
            "group": node.group,
            "boundSeconds": round(node.bound_seconds, 3),
            "joinedAfterSeconds": since(began, pull.started),
            "firstByteSeconds": since(pull.started, pull.first_byte),
            "seconds": since(pull.started, pull.finished),
            "killed": node.name in self.killed,
            "error": pull.error,
            **self.counts[node.name],
            "sentOnWire": after.sent(node.name, before),
            "receivedOnWire": after.received(node.name, before),
            "segmentsSentAgain": after.segments_sent_again(node.name, before),
            "cpuSeconds": after.cpu_seconds([node.name], before),
            "queuedSeconds": after.queued_seconds(node.name, before),
        }

    def _save_logs(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for daemon in self.lab.daemons:
            shutil.copy(daemon.log, folder / f"{daemon.name}.log")

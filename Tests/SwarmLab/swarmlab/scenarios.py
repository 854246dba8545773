"""The scenarios: which links the nodes have, when they join, who dies, and what the best possible time would be."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from . import bounds


@dataclass(frozen=True)
class Setting:
    """What all scenarios of one call share."""

    agents: int
    megabits: float
    """Of every node's link, in each direction."""
    origin_megabits: float
    zone_megabits: float
    """Of the link between two zones."""
    sizes: tuple[int, ...]
    """Bytes of every blob that a pull fetches."""

    @property
    def size(self) -> int:
        return sum(self.sizes)

    @property
    def best_seconds(self) -> float:
        """The bound when all nodes have equal links and start together."""
        if self.origin_megabits == self.megabits:
            upload = bounds.goodput(self.megabits)
            return bounds.equal_links(self.size, bounds.piece_count(self.sizes), self.agents, upload)
        return self.fluid_seconds([self.megabits] * self.agents)

    def fluid_seconds(self, waited_for: list[float], helping: list[float] | None = None) -> float:
        """The bound for unequal links, in Mbit/s: those of the nodes waited for, and those of all nodes that send."""
        links = [bounds.goodput(megabits) for megabits in waited_for]
        helpers = links if helping is None else [bounds.goodput(megabits) for megabits in helping]
        return bounds.unequal_links(self.size, bounds.goodput(self.origin_megabits), links, helpers)


@dataclass
class Node:
    """One node's part in a scenario."""

    name: str
    megabits: float
    bound_seconds: float = 0
    """The least time from this node's start to its last byte."""
    delay_seconds: float = 0
    killed_after_seconds: float | None = None
    zone: int = 0
    group: str = ""
    """Those who share a bound of their own, in scenarios where not all do."""


@dataclass(frozen=True)
class Scenario:
    """A named way to lay out the nodes."""

    name: str
    about: str
    nodes: Callable[[Setting], list[Node]]
    zones: int = 1


def _equal(setting: Setting) -> list[Node]:
    return [Node(f"node{number}", setting.megabits, setting.best_seconds) for number in range(1, setting.agents + 1)]


def _tenth(nodes: list[Node]) -> list[Node]:
    """Every tenth node or so, the same ones in every run; at least one."""
    return random.Random("tenth").sample(nodes, max(1, len(nodes) // 10))


def _staggered(setting: Setting) -> list[Node]:
    nodes = _equal(setting)
    joins = random.Random("joins")
    delays = [0.0] + sorted(joins.uniform(0, 2 * setting.best_seconds) for _ in nodes[1:])
    for node, delay in zip(nodes, delays):
        node.delay_seconds = delay
        node.bound_seconds = setting.fluid_seconds([setting.megabits])  # it may find everything there: only its own link counts
    return nodes


def _slow_tenth(setting: Setting) -> list[Node]:
    nodes = _equal(setting)
    slow = _tenth(nodes)
    for node in slow:
        node.megabits = setting.megabits / 10
    links = [node.megabits for node in nodes]
    fast = [megabits for megabits in links if megabits == setting.megabits]
    for node in nodes:
        node.group = "slow" if node in slow else "fast"
        node.bound_seconds = setting.fluid_seconds(links) if node in slow else setting.fluid_seconds(fast, links)
    return nodes


def _killed_tenth(setting: Setting) -> list[Node]:
    nodes = _equal(setting)
    for node in _tenth(nodes):
        node.killed_after_seconds = setting.best_seconds / 2
    return nodes


def _two_zones(setting: Setting) -> list[Node]:
    nodes = _equal(setting)
    crossing = setting.size / bounds.goodput(setting.zone_megabits)
    for number, node in enumerate(nodes):
        node.zone = number % 2
        node.group = f"zone {node.zone + 1}"
        if node.zone == 1:
            node.bound_seconds = max(node.bound_seconds, crossing)
    return nodes


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("flash-crowd", "all nodes at once, equal links", _equal),
        Scenario("staggered", "joins spread over twice T*", _staggered),
        Scenario("slow-tenth", "a tenth of the nodes has a tenth of the link", _slow_tenth),
        Scenario("killed-tenth", "a tenth of the agents is killed at T*/2", _killed_tenth),
        Scenario("two-zones", "two halves, one thin link between them, the origin in the first", _two_zones, zones=2),
    )
}

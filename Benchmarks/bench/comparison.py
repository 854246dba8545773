"""What is measured: samples of ours and of a rival's, what they are compared by, and what the design asks of the comparison."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sample:
    """One measurement of one side."""

    values: dict[str, float]
    """By the name of the quantity; what is no quantity is only kept."""
    processor_seconds: float
    """User and system time of the processes that are measured, clients not among them."""
    peak_bytes: int
    """The most that the largest of these processes had resident."""


@dataclass(frozen=True)
class Target:
    """What the design asks for (the last section of the design's architecture), as a bound on the comparison."""

    bound: float
    at_least: bool
    unit: str = "x"

    def is_met(self, value: float) -> bool:
        return value >= self.bound if self.at_least else value <= self.bound

    def __str__(self) -> str:
        return f"{'>=' if self.at_least else '<='} {self.bound:,.12g}{self.unit}"


def at_least(bound: float, unit: str = "x") -> Target:
    return Target(bound, True, unit)


def at_most(bound: float, unit: str = "x") -> Target:
    return Target(bound, False, unit)


@dataclass(frozen=True)
class Quantity:
    """Something that each sample has a value of, and how a pair of values is compared."""

    name: str
    unit: str
    compare: Callable[[float, float], float] = lambda ours, rival: ours / rival
    """Of the value of ours and the rival's."""
    compare_unit: str = "x"
    target: Target | None = None
    decimals: int = 2
    compare_decimals: int = 2


def ratio(name: str, unit: str, target: Target | None = None, *, decimals: int = 2) -> Quantity:
    """Ours divided by the rival's."""
    return Quantity(name, unit, target=target, decimals=decimals, compare_decimals=max(2, decimals))


def difference(name: str, unit: str, target: Target | None = None, *, decimals: int = 2) -> Quantity:
    """Ours less the rival's."""
    return Quantity(name, unit, lambda ours, rival: ours - rival, f" {unit}", target, decimals, max(2, decimals))


def alone(name: str, unit: str, target: Target | None = None, *, decimals: int = 2) -> Quantity:
    """Ours, whatever the rival's is."""
    return Quantity(name, unit, lambda ours, rival: ours, f" {unit}".rstrip(), target, decimals, decimals)


@dataclass(frozen=True)
class Comparison:
    """Ours against one rival. Both sides do the same with the same client, and can be called any number of times."""

    what: str
    """What both do, in a few words."""
    rival: str
    quantities: list[Quantity]
    measure_ours: Callable[[], Sample]
    measure_rival: Callable[[], Sample]


@dataclass
class Result:
    """A comparison's samples in the order of the pairs, or why there are none."""

    row: str
    what: str
    rival: str
    quantities: list[Quantity] = field(default_factory=list)
    ours: list[Sample] = field(default_factory=list)
    theirs: list[Sample] = field(default_factory=list)
    error: str | None = None

    def compared(self, quantity: Quantity) -> list[float]:
        """The comparison of each pair, in their order."""
        return [quantity.compare(ours.values[quantity.name], theirs.values[quantity.name]) for ours, theirs in zip(self.ours, self.theirs)]


def median_of(samples: list[Sample], name: str) -> float:
    return statistics.median(sample.values[name] for sample in samples)

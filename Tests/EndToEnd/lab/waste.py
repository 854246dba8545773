"""What a pull cost beyond one copy of the blob, from the puller's own counters; a table of them for the end of a run."""

from dataclasses import dataclass

from .shoal import Agent
from .table import megabytes, table

HEADER = ["hostile peer", "company", "asked", "seconds", "wasted MB", "of it rejected", "duplicate", "origin copies", "sent MB", "wasted at most"]


@dataclass(frozen=True)
class Waste:
    """Bytes that one agent received and sent for a blob of which it needed `size` bytes, and nobody else any."""

    size: int
    from_peers: int
    from_origin: int
    rejected: int
    """Of `from_peers`, what did not verify."""
    duplicate: int
    """Of `from_peers`, what was there already or not asked for."""
    sent: int

    @classmethod
    def of(cls, agent: Agent, size: int) -> "Waste":
        """What `agent` counted since its start, when all that it was asked for was one blob of `size` bytes, and it has that now."""
        metrics = agent.metrics()
        names = ("peer_received", "origin_received", "rejected", "duplicate", "peer_sent")
        return cls(size, *(int(metrics.total(f"shoal_{name}_bytes_total")) for name in names))

    @property
    def received(self) -> int:
        """Received in vain, whatever was wrong with it."""
        return self.from_peers + self.from_origin - self.size

    @property
    def origin_copies(self) -> float:
        return self.from_origin / self.size

    def row(self, name: str, company: str, asked: int, seconds: float, bound: int) -> list[object]:
        """A line of the table. `asked`: pieces that `name` was asked for."""
        parts = [megabytes(count) for count in (self.received, self.rejected, self.duplicate)]
        return [name, company, asked, f"{seconds:.1f}", *parts, f"{self.origin_copies:.2f}", megabytes(self.sent), megabytes(bound)]


def waste_table(rows: list[list[object]]) -> str:
    return table(HEADER, rows)

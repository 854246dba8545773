"""What processes used while something was measured."""

from lab.memory import forget_peak, peak_resident_bytes
from lab.processes import Daemon
from lab.processor import processor_seconds, with_descendants

from .comparison import Sample


class Usage:
    """CPU time and peak memory of daemons and what they started, between entering and leaving."""

    def __init__(self, *daemons: Daemon):
        self.daemons = daemons

    def __enter__(self) -> "Usage":
        self.processes = [pid for daemon in self.daemons for pid in with_descendants(daemon.pid)]
        for pid in self.processes:
            forget_peak(pid)
        self.before = sum(map(processor_seconds, self.processes))
        return self

    def __exit__(self, failure: type | None, *_) -> None:
        if failure:
            return  # the processes may be gone, and what was measured is not used
        self.processor_seconds = sum(map(processor_seconds, self.processes)) - self.before
        self.peak_bytes = max(map(peak_resident_bytes, self.processes))

    def sample(self, **values: float) -> Sample:
        return Sample(values, self.processor_seconds, self.peak_bytes)

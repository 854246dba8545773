"""Prometheus text exposition, as far as the tests read it."""

import re

SAMPLE = re.compile(r"^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{.*\})? (\S+)")


class Metrics(dict[str, float]):
    """Samples by name with labels, as they stand in the text: `shoal_blobs_held`, `name{label="value"}`."""

    @classmethod
    def parse(cls, text: str) -> "Metrics":
        samples = cls()
        for line in text.splitlines():
            found = SAMPLE.match(line)
            if found:
                samples[found.group(1) + (found.group(2) or "")] = float(found.group(3))
        return samples

    def total(self, name: str) -> float:
        """Sum of the samples of `name` over all labels; 0 when there is none yet."""
        return sum(value for key, value in self.items() if key.split("{")[0] == name)

    def has(self, name: str) -> bool:
        return any(key.split("{")[0] == name for key in self)

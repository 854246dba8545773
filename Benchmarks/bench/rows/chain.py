"""What verification costs."""

from collections.abc import Iterator

from ..blobs import GIB
from ..comparison import Comparison, Sample, ratio
from ..programs import measured

MEBIBYTES = 512


def chain() -> Iterator[Comparison]:
    """Pieces in memory verified in no order against their digest chain, compared with one pass of SHA-256"""

    def speed(way: str, threads: int) -> Sample:
        found = measured("chain-speed", way, MEBIBYTES, threads)
        return Sample({"speed": found["bytes"] / GIB / found["seconds"]}, found["cpu_seconds"], found["peak_bytes"])

    for threads, cores in ((1, "one core"), (2, "two cores")):
        yield Comparison(
            f"verify the digest chain on {cores}", "SHA-256 in one pass", [ratio("speed", "GiB/s")],
            lambda threads=threads: speed("chain", threads),
            lambda: speed("plain", 1),
        )

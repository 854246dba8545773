"""The programs that are built here: clients and bare rivals in C, the digest chain's measure in Swift."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from lab.processes import run

FOLDER = Path(__file__).resolve().parents[1]
BUILT = FOLDER / ".build/release"
SCRIPT = FOLDER / "bench/wrk.lua"


@dataclass(frozen=True)
class Reading:
    """A GET as `http-reader` saw it."""

    status: int
    bytes: int
    seconds: float
    first_byte_seconds: float


def measured(program: str, *words: object, seconds: float = 120) -> dict:
    """Runs one of the programs to its end; what it prints is JSON."""
    return json.loads(run([BUILT / program, *words], seconds=seconds).stdout)


def read(address: str, path: str, *, digest: str | None = None, span: str | None = None) -> Reading:
    """GETs `path` from `address` and throws the body away. `digest` is checked, which takes time; `span` is a range such as "0-0"."""
    words = [address, path, digest or "-"] + ([span] if span else [])
    reading = Reading(**measured("http-reader", *words))
    if reading.status != (206 if span else 200):
        raise AssertionError(f"GET http://{address}{path} gave {reading.status}")
    return reading


def read_all(requests: list[tuple[str, str]]) -> list[Reading]:
    """GETs all the (address, path) at the same time."""
    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(lambda request: read(*request), requests))


@dataclass(frozen=True)
class Load:
    """What `wrk` did."""

    requests: int
    seconds: float
    errors: int


def load(address: str, paths: Path, *, connections: int = 32, seconds: int = 3) -> Load:
    """GETs the paths that the file `paths` lists, one a line, over and over from one thread."""
    # A server that is slow has a low rate; only one that does not answer has errors.
    limits = ["--threads", 1, "--connections", connections, "--duration", f"{seconds}s", "--timeout", "30s"]
    done = run(["wrk", *limits, "--script", SCRIPT, f"http://{address}", "--", paths])
    found = Load(**json.loads(done.stdout.splitlines()[-1]))
    if found.errors:
        raise AssertionError(f"wrk saw {found.errors} errors in {found.requests} requests to {address}")
    return found


@dataclass(frozen=True)
class Latency:
    """How long GETs took, as `http-latency` saw them."""

    requests: int
    seconds: float
    """All of them together."""
    p50_seconds: float
    p99_seconds: float
    max_seconds: float


def latency(address: str, paths: Path, connections: int) -> Latency:
    """GETs each of the blobs whose paths the file `paths` lists once, over `connections` that are kept, and checks what comes."""
    return Latency(**measured("http-latency", address, paths, connections))

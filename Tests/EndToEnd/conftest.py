"""Fixtures of the end-to-end tests, and the logs of everything that ran when one fails."""

import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from lab.cluster import Lab  # noqa: E402
from lab.faultproxy import Rule  # noqa: E402
from lab.images import Image, Layer, Layout  # noqa: E402
from lab.registry import Registry  # noqa: E402
from lab.waste import waste_table  # noqa: E402

REGISTRY = "registry.example.com"
"""The name under which images are asked for; agents are told by `--registry` where it really is."""


WASTE = pytest.StashKey[list[list[object]]]()


def pytest_configure(config: pytest.Config) -> None:
    """A SIGTERM, such as `timeout` sends, ends the tests as Ctrl-C does: what they started is stopped, what they wrote removed."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    config.stash[WASTE] = []


def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:
    """What hostile peers cost, when such tests ran."""
    if rows := config.stash[WASTE]:
        terminalreporter.section("what hostile peers cost an agent that pulls a blob")
        terminalreporter.write_line(waste_table(rows))


@pytest.fixture
def waste_rows(request: pytest.FixtureRequest) -> list[list[object]]:
    """Rows of the table that is printed when all tests have run; a test adds its own."""
    return request.config.stash[WASTE]


@dataclass
class Origin:
    """A registry with three images in it, shared by all tests (a test that stops it must start it again)."""

    registry: Registry
    small: Image
    """A few small layers for two platforms: an index."""
    large: Image
    """One layer of about 48 MB, one platform: no index."""

    def reference(self, image: Image) -> str:
        """Host, repository and tag: what follows `docker pull`."""
        return f"{REGISTRY}/org/{self.name(image)}:{image.tag}"

    def blob(self, image: Image, digest: str) -> str:
        """The path of a blob on a mirror."""
        return f"/v2/{REGISTRY}/org/{self.name(image)}/blobs/{digest}"

    def name(self, image: Image) -> str:
        return "small" if image is self.small else "large"

    def at(self, url: str) -> dict[str, str]:
        """What agents are told of the registries when this one answers at `url`."""
        return {REGISTRY: url, "docker.io": url}


def slow_blobs() -> Rule:
    """The origin sends 2 MiB/s of every blob until the test lifts that: half a minute for the large layer."""
    return Rule(r"^GET .*/blobs/", "slow", bytes_per_second=2 << 20)


@pytest.fixture(scope="session")
def origin() -> Iterator[Origin]:
    lab = Lab()
    layout = Layout(lab.path / "layout")
    layers = [Layer("app", 100 << 10), Layer("library", 1 << 20), Layer("assets", 5 << 20, portable=True)]
    small = layout.add("small", layers, ("amd64", "arm64"))
    large = layout.add("large", [Layer("model", 48 << 20)])
    registry = lab.registry()
    registry.push(small, "org/small")
    registry.push(large, "org/large")
    yield Origin(registry, small, large)
    lab.close()


@pytest.fixture
def lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """An empty lab for one test."""
    lab = Lab()
    request.node.lab = lab
    yield lab
    lab.close()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    outcome = yield
    report = outcome.get_result()
    lab = getattr(item, "lab", None)
    if report.failed and lab is not None:
        for name, log in lab.logs().items():
            report.sections.append((f"log of {name}", log))

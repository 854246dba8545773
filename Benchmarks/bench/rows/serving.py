"""What a node's runtimes see of an agent that holds what they ask for."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from lab.processes import Daemon

from .. import blobs
from ..comparison import Comparison, Sample, at_least, ratio
from ..programs import load, read
from ..rivals.nginx import Nginx
from ..usage import Usage

SMALL_BYTES = 4 << 10
SMALL_COUNT = 1000


def serve_blob() -> Iterator[Comparison]:
    """A held blob of 1 GiB over /v2, from the page cache, to one client"""
    with closing(blobs.new_lab()) as lab:
        blob = blobs.make(lab, blobs.GIB)
        agent = blobs.agent_with(lab, [blob], lab.tracker())
        nginx = Nginx(lab, [blob])
        registry = blobs.registry_with(lab, [blob])
        read(agent.mirror, blob.at_agent, digest=blob.digest)

        def speed(daemon: Daemon, address: str, path: str) -> Sample:
            with Usage(daemon) as usage:
                reading = read(address, path)
            return usage.sample(speed=blob.gibibytes / reading.seconds)

        def ours() -> Sample:
            return speed(agent.daemon, agent.mirror, blob.at_agent)

        what = "serve a held 1 GiB blob"
        yield Comparison(
            what, "nginx, sendfile", [ratio("speed", "GiB/s", at_least(0.9))], ours,
            lambda: speed(nginx.daemon, nginx.address, blob.at_registry),
        )
        yield Comparison(
            what, "docker-registry", [ratio("speed", "GiB/s", at_least(1))], ours,
            lambda: speed(registry.daemon, registry.address, blob.at_registry),
        )


def small_blobs() -> Iterator[Comparison]:
    """GETs of 1,000 small blobs in turn, over 32 connections that are kept"""
    with closing(blobs.new_lab()) as lab:
        small = [blobs.make(lab, SMALL_BYTES) for _ in range(SMALL_COUNT)]
        agent = blobs.agent_with(lab, small, lab.tracker())
        nginx = Nginx(lab, small)
        registry = blobs.registry_with(lab, small)
        at_agent, at_registry = lab.path / "at-agent", lab.path / "at-registry"
        at_agent.write_text("".join(f"{blob.at_agent}\n" for blob in small))
        at_registry.write_text("".join(f"{blob.at_registry}\n" for blob in small))

        def rate(daemon: Daemon, address: str, paths: Path) -> Sample:
            with Usage(daemon) as usage:
                found = load(address, paths)
            return usage.sample(rate=found.requests / found.seconds, requests=found.requests)

        def ours() -> Sample:
            return rate(agent.daemon, agent.mirror, at_agent)

        what = "GET small blobs"
        yield Comparison(
            what, "nginx, sendfile", [ratio("rate", "requests/s", decimals=0)], ours,
            lambda: rate(nginx.daemon, nginx.address, at_registry),
        )
        yield Comparison(
            what, "docker-registry", [ratio("rate", "requests/s", decimals=0)], ours,
            lambda: rate(registry.daemon, registry.address, at_registry),
        )

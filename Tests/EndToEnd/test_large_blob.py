"""A blob far larger than memory should hold goes through agents."""

import pytest

from lab.download import Download
from lab.images import Layer, Layout
from lab.memory import anonymous_bytes, peak_resident_bytes

GIB = 1 << 30
LIMIT_BYTES = 150_000_000


@pytest.mark.timeout(400)
def test_two_gibibytes_in_little_memory(lab, origin):
    """2 GiB from the origin through two agents at once, then from these to a third: all under 150 MB resident at their peak."""
    image = Layout(lab.path / "layout").add("huge", [Layer("weights", 2 * GIB, compressed=False)])
    origin.registry.push(image, "org/huge")
    agents = lab.agents(3, origin.at(origin.registry.url), tracker=lab.tracker())
    digest, size = image.largest_layer()
    assert size >= 2 * GIB
    path = origin.blob(origin.large, digest).replace("org/large", "org/huge")

    downloads = [Download(f"http://{agent.mirror}{path}") for agent in agents[:2]]
    assert [download.finish(200).digest for download in downloads] == [digest] * 2
    last = Download(f"http://{agents[2].mirror}{path}")
    assert last.finish(200).digest == digest

    assert sum(agent.counter("origin_received_bytes_total") for agent in agents) == size
    for agent in agents:
        peak, own = peak_resident_bytes(agent.daemon.pid), anonymous_bytes(agent.daemon.pid)
        wasted = agent.counter("duplicate_bytes_total")
        print(f"{agent.name}: peak {peak / 1e6:.0f} MB resident, {own / 1e6:.0f} MB of its own now, {wasted} bytes came twice")
        assert peak < LIMIT_BYTES
        assert wasted <= size / 100

"""A blob far larger than memory should hold goes through two agents."""

import pytest

from lab.download import Download
from lab.images import Layer, Layout
from lab.memory import anonymous_bytes, peak_resident_bytes

GIB = 1 << 30
LIMIT_BYTES = 150_000_000


@pytest.mark.timeout(400)
def test_two_gibibytes_in_little_memory(lab, origin):
    """2 GiB from the origin through one agent to another, both under 150 MB resident at their peak."""
    image = Layout(lab.path / "layout").add("huge", [Layer("weights", 2 * GIB, compressed=False)])
    origin.registry.push(image, "org/huge")
    first, second = lab.agents(2, origin.at(origin.registry.url), tracker=lab.tracker())
    digest, size = image.largest_layer()
    assert size >= 2 * GIB
    path = origin.blob(origin.large, digest).replace("org/large", "org/huge")
    downloads = [Download(f"http://{agent.mirror}{path}") for agent in (first, second)]
    assert [download.finish(300).digest for download in downloads] == [digest] * 2
    assert first.counter("origin_received_bytes_total") + second.counter("origin_received_bytes_total") == size
    for agent in (first, second):
        peak, own = peak_resident_bytes(agent.daemon.pid), anonymous_bytes(agent.daemon.pid)
        print(f"{agent.name}: peak {peak / 1e6:.0f} MB resident, {own / 1e6:.0f} MB of its own now")
        assert peak < LIMIT_BYTES

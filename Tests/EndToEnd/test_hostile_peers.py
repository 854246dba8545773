"""Peers that lie: the client gets the right bytes all the same, nothing wrong is kept, and the log says who it was."""

import hashlib
import time

import pytest

from lab import hostile
from lab.download import Download
from lab.hostile import HostilePeer
from lab.shoal import Agent
from lab.waiting import eventually
from lab.waste import Waste
from lab.wire import Content

WRONG_BYTES = [hostile.Garbage, hostile.FlippedBit, hostile.RareFlippedBit]
"""Some or all of what they send does not verify."""
BROKEN_PROTOCOL = [
    hostile.OversizedFrame,
    hostile.BeyondEveryPiece,
    hostile.UnknownMessage,
    hostile.TruncatedMessage,
    hostile.UnknownChannel,
    hostile.Noise,
    hostile.TooLong,
]
"""What they send is no conversation."""
UNHELPFUL = [hostile.Mute, hostile.Silent, hostile.Declines, hostile.Drip, hostile.HangsUp, hostile.TooShort]
"""They bring nothing, or nothing in useful time, which may be misfortune: they are passed over."""
FORGERS = [hostile.Forger, hostile.MisstatesSize, hostile.ClaimsATebibyte]
"""Their word on what the blob is contradicts the digest."""
FLOODS = [hostile.FloodsRequests, hostile.FloodsMessages]
ALL = WRONG_BYTES + BROKEN_PROTOCOL + UNHELPFUL + FORGERS + FLOODS
PATIENCE_SECONDS = 40
HONEST_RATE = "32MiB"
"""What the honest agent sends a second: the blob takes it long enough that the hostile peer, which is idle, is asked too."""
ASKED_OF_ONE = 8 << 20
"""An agent never has more bytes asked of one peer (TransferPolicy.requestDepthBytes), and it bans a peer whose bytes are proven wrong.

So a liar costs no more than this, beside an honest peer or none; about as much may come twice from others who are asked in its place.
"""


def most_wasted(kind: type[HostilePeer], layer: Content, *, with_honest: bool) -> int:
    """Bytes that the victim may receive in vain because of the hostile peer.

    A chain that fits itself is contradicted by the states that the honest agent has vouched for, or else by its last piece or by the origin:
    then all of it may have been fetched.
    """
    return ASKED_OF_ONE + (len(layer.data) if kind in FORGERS and not with_honest else 0)


@pytest.fixture
def layer(origin) -> Content:
    """The large layer's true bytes."""
    digest, _ = origin.large.largest_layer()
    return Content((origin.large.layout / "blobs/sha256" / digest.removeprefix("sha256:")).read_bytes())


class Scene:
    """A tracker, a hostile peer that the victim knows already, a victim, and perhaps an honest agent that holds the layer."""

    def __init__(self, lab, origin, layer: Content, kind: type[HostilePeer], *, with_honest: bool):
        self.layer = layer
        self.path = origin.blob(origin.large, layer.digest)
        tracker = lab.tracker()
        origins = origin.at(origin.registry.url)
        limit = ["--upload-limit", HONEST_RATE]
        self.honest = lab.agent("honest", origins, tracker=tracker, flags=limit) if with_honest else None
        if self.honest:
            self.pull(self.honest)
            eventually(lambda: self.honest.holds(layer.digest), "the honest agent holds the layer")
        self.hostile = kind(tracker.address, layer)
        lab.ending.callback(self.hostile.stop)
        self.hostile.start()
        self.victim = lab.agent("victim", origins, tracker=tracker, flags=["--log-level", "debug"])
        self.call()

    def call(self) -> None:
        """The hostile peer connects to the victim, and is greeted."""
        self.hostile.call(self.victim.addresses["peer"])
        visit = self.hostile.visits[-1]
        eventually(lambda: visit.greeted or visit.ended, "the victim says hello")

    def pull(self, agent: Agent) -> Download:
        download = Download(f"http://{agent.mirror}{self.path}").finish(PATIENCE_SECONDS)
        assert download.digest == self.layer.digest, f"{agent.name} delivers the layer: {download}"
        return download

    def check_store(self, agent: Agent) -> None:
        """Every blob in the agent's store is what its name says, and the layer is among them."""
        eventually(lambda: agent.holds(self.layer.digest), f"{agent.name} holds the layer")
        files = list((agent.directory / "data/oci/blobs/sha256").iterdir())
        assert self.layer.digest.removeprefix("sha256:") in {file.name for file in files}
        for file in files:
            assert hashlib.sha256(file.read_bytes()).hexdigest() == file.name

    def check_banned(self) -> None:
        """The victim's log says who it was, and the victim has nothing more to do with it."""
        def is_named() -> bool:
            return any("banned" in line and self.hostile.name in line for line in self.victim.daemon.output.splitlines())

        eventually(is_named, "the log names the hostile peer")
        before = self.hostile.requests
        self.call()
        eventually(lambda: self.hostile.visits[-1].ended, "the victim hangs up when the hostile peer comes again")
        assert self.hostile.requests == before, "the hostile peer is asked for nothing more"
        assert len([visit for visit in self.hostile.visits if visit.requests]) <= 1, "it had one chance"


@pytest.fixture(params=[True, False], ids=["one-of-three", "the-only-peer"])
def with_honest(request) -> bool:
    """Whether an honest agent holds the layer too; else the origin alone can help."""
    return request.param


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_hostile_peer(lab, origin, layer, kind, with_honest, waste_rows):
    """A client of an agent with a hostile peer gets the layer, and the agent keeps nothing wrong, at a cost that has a bound."""
    scene = Scene(lab, origin, layer, kind, with_honest=with_honest)
    began = time.monotonic()
    scene.pull(scene.victim)
    seconds = time.monotonic() - began
    assert scene.hostile.has_struck, "the victim gave the hostile peer its chance"
    scene.check_store(scene.victim)
    if scene.honest:
        scene.check_store(scene.honest)
    waste, bound = Waste.of(scene.victim, len(layer.data)), most_wasted(kind, layer, with_honest=with_honest)
    company = "an honest peer" if with_honest else "none"
    waste_rows.append(waste.row(kind.__name__, company, scene.hostile.requests, seconds, bound))
    assert 0 <= waste.received <= bound
    assert waste.sent <= ASKED_OF_ONE, "whoever takes nothing is not sent more than buffers hold"
    assert waste.origin_copies <= (0 if with_honest else 1)
    if kind in WRONG_BYTES:
        assert waste.rejected > 0
    if kind in WRONG_BYTES + BROKEN_PROTOCOL:
        scene.check_banned()


def test_one_wrong_bit_among_right_pieces(lab, origin, layer):
    """A peer sends one wrong bit after right pieces: those are kept, the wrong piece comes from elsewhere."""
    scene = Scene(lab, origin, layer, hostile.RareFlippedBit, with_honest=True)
    scene.pull(scene.victim)
    scene.check_store(scene.victim)
    assert scene.victim.counter("rejected_bytes_total") == layer.piece_length
    scene.check_banned()

"""Peers that lie: the client gets the right bytes all the same, nothing wrong is kept, and the log says who it was."""

import hashlib

import pytest

from lab import hostile
from lab.download import Download
from lab.hostile import HostilePeer
from lab.shoal import Agent
from lab.waiting import eventually
from lab.wire import Content

WRONG_BYTES = [hostile.Garbage, hostile.FlippedBit]
"""What they send does not verify."""
BROKEN_PROTOCOL = [
    hostile.OversizedFrame,
    hostile.BeyondEveryPiece,
    hostile.UnknownMessage,
    hostile.TruncatedMessage,
    hostile.UnknownChannel,
    hostile.Noise,
]
"""What they send is no conversation."""
UNHELPFUL = [hostile.Mute, hostile.Silent, hostile.Drip, hostile.HangsUp, hostile.TooLong, hostile.TooShort]
"""They bring nothing, or nothing in useful time, which may be misfortune: they are passed over."""
FORGERS = [hostile.Forger, hostile.MisstatesSize, hostile.ClaimsFourTebibytes]
"""Their word on what the blob is contradicts the digest."""
FLOODS = [hostile.FloodsRequests, hostile.FloodsMessages]
ALL = WRONG_BYTES + BROKEN_PROTOCOL + UNHELPFUL + FORGERS + FLOODS
PATIENCE_SECONDS = 40


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
        self.honest = lab.agent("honest", origins, tracker=tracker) if with_honest else None
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
def test_hostile_peer(lab, origin, layer, kind, with_honest):
    """A client of an agent with a hostile peer gets the layer, and the agent keeps nothing wrong."""
    scene = Scene(lab, origin, layer, kind, with_honest=with_honest)
    scene.pull(scene.victim)
    scene.check_store(scene.victim)
    if scene.honest:
        scene.check_store(scene.honest)
    # Next to an honest peer it may not have been asked for anything, and then has done nothing yet.
    was_asked = scene.hostile.requests > 0 or not with_honest
    if kind in WRONG_BYTES and was_asked:
        assert scene.victim.counter("rejected_bytes_total") > 0
    if kind in WRONG_BYTES + BROKEN_PROTOCOL and was_asked:
        scene.check_banned()


def test_one_wrong_bit_among_right_pieces(lab, origin, layer):
    """A peer sends one wrong bit after right pieces: those are kept, the wrong piece comes from elsewhere."""
    scene = Scene(lab, origin, layer, hostile.RareFlippedBit, with_honest=True)
    scene.pull(scene.victim)
    scene.check_store(scene.victim)
    assert scene.victim.counter("rejected_bytes_total") == layer.piece_length
    scene.check_banned()

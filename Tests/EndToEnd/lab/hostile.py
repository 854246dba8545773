"""A peer that speaks the swarm's protocol well enough to be believed, and then misbehaves.

It tells the tracker that it holds a blob whole, listens for agents, may call on one itself, and writes down what it is asked.
What it does about that is its subclasses' business: each is one way of misbehaving.
"""

import os
import random
import socket
import struct
import threading
from dataclasses import dataclass, field

from . import wire
from .wire import Content


@dataclass
class Visit:
    """One connection with an agent, and what the agent said on it."""

    socket: socket.socket
    requests: list[int] = field(default_factory=list)
    """Pieces asked for, in order."""
    kinds: set[int] = field(default_factory=set)
    """Types of the messages that came."""
    greeted: bool = False
    ended: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, data: bytes) -> None:
        with self.lock:
            self.socket.sendall(data)


class HostilePeer:
    """The part that all share; by itself it claims everything and serves nothing, not even the chain's states."""

    strikes_on = wire.REQUEST
    """The message on which it does its worst."""

    def __init__(self, tracker: str, content: Content):
        """`tracker`: its sessions' HOST:PORT. `content`: a blob's true bytes."""
        self.content = content
        self.digest = content.digest
        self.node = os.urandom(16)
        self.visits: list[Visit] = []
        self.random = random.Random(7)
        self._ended = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets = [self._listener]
        self._tracker = tracker

    @property
    def name(self) -> str:
        """The node id as logs have it."""
        return self.node.hex()

    @property
    def address(self) -> str:
        return "127.0.0.1:%d" % self._listener.getsockname()[1]

    @property
    def requests(self) -> int:
        """How many pieces it was asked for."""
        return sum(len(visit.requests) for visit in self.visits)

    @property
    def has_struck(self) -> bool:
        """Whether an agent gave it the chance to do its worst."""
        return any(self.strikes_on in visit.kinds for visit in self.visits)

    def start(self) -> "HostilePeer":
        host, port = self._tracker.rsplit(":", 1)
        session = socket.create_connection((host, int(port)))
        self._sockets.append(session)
        session.sendall(wire.hello(self.node, self.address))
        session.sendall(wire.frame(wire.ANNOUNCE, wire.digest_field(self.digest) + struct.pack(">Q", self.claimed_size)))
        self._run(self._attend_tracker, session)
        self._run(self._accept)
        return self

    def call(self, address: str) -> None:
        """Connects to an agent, so that it is known there before anybody else."""
        host, port = address.rsplit(":", 1)
        self._visit(socket.create_connection((host, int(port))))

    def stop(self) -> None:
        self._ended.set()
        for open_socket in self._sockets:
            try:
                open_socket.shutdown(socket.SHUT_RDWR)  # wakes threads that wait on it
            except OSError:
                pass
            open_socket.close()

    # What subclasses change.

    @property
    def claimed_size(self) -> int:
        return len(self.content.data)

    def states(self) -> list[bytes] | None:
        """The chain's states that it tells whoever asks; None for silence."""
        return None

    def opened(self, visit: Visit, channel: int) -> None:
        """An agent wants the blob. `channel` is this side's, opened already."""
        visit.send(wire.frame(wire.HAVE, struct.pack(">IQB", channel, self.claimed_size, 1)))

    def requested(self, visit: Visit, channel: int, piece: int) -> None:
        """An agent asks for a piece."""

    # The protocol.

    def _run(self, body, *arguments) -> None:
        def guarded():
            try:
                body(*arguments)
            except (OSError, ConnectionError, struct.error):
                pass  # the other side hung up, as it should

        threading.Thread(target=guarded, daemon=True).start()

    def _attend_tracker(self, session: socket.socket) -> None:
        while True:
            kind, payload = wire.read_frame(session)
            states = self.states() if kind == wire.TRACKER_WANTS_STATES else None
            if states:
                told = payload[:33] + struct.pack(">QI", self.claimed_size, 1) + b"".join(states)
                session.sendall(wire.frame(wire.VOUCH, told))

    def _accept(self) -> None:
        while not self._ended.is_set():
            self._visit(self._listener.accept()[0])

    def _visit(self, connection: socket.socket) -> None:
        self._sockets.append(connection)
        visit = Visit(connection)
        self.visits.append(visit)
        self._run(self._attend, visit)

    def _attend(self, visit: Visit) -> None:
        visit.send(wire.hello(self.node, self.address))
        try:
            while True:
                self._hear(visit, *wire.read_frame(visit.socket))
        finally:
            visit.ended = True

    def _hear(self, visit: Visit, kind: int, payload: bytes) -> None:
        visit.kinds.add(kind)
        if kind == wire.HELLO:
            visit.greeted = True
        elif kind == wire.OPEN and payload[4:] == wire.digest_field(self.digest):
            channel = 1
            visit.send(wire.frame(wire.OPEN, struct.pack(">I", channel) + payload[4:]))
            self.opened(visit, channel)
        elif kind == wire.REQUEST:
            piece = struct.unpack(">II", payload)[1]
            visit.requests.append(piece)
            self.requested(visit, 1, piece)
        elif kind == wire.WANT_STATES:
            first = struct.unpack(">II", payload)[1]
            states = self.states()
            if states:
                visit.send(wire.frame(wire.STATES, struct.pack(">II", 1, first) + b"".join(states[first - 1 :])))
        elif kind == wire.PING:
            visit.send(wire.frame(wire.PONG))

    def serve(self, visit: Visit, channel: int, piece: int, content: bytes) -> None:
        """Sends a piece as an honest peer would, with whatever bytes."""
        for offset in range(0, len(content), wire.DATA_LIMIT):
            visit.send(wire.data(channel, piece, offset, content[offset : offset + wire.DATA_LIMIT]))


class Mute(HostilePeer):
    """Claims the blob and then says nothing at all about it."""

    strikes_on = wire.OPEN


class Serving(HostilePeer):
    """Knows the blob and tells the true states, so that agents ask it for pieces."""

    def __init__(self, tracker: str, content: Content):
        super().__init__(tracker, content)
        self._states = content.states()

    def states(self) -> list[bytes]:
        return self._states


class Silent(Serving):
    """Tells the states and answers no request."""


class Declines(Serving):
    """Tells the states and offers everything, and declines every request."""

    def requested(self, visit: Visit, channel: int, piece: int) -> None:
        visit.send(wire.words(wire.REJECT, channel, piece))


class Garbage(Serving):
    """Random bytes in place of every piece."""

    def requested(self, visit: Visit, channel: int, piece: int) -> None:
        self.serve(visit, channel, piece, self.random.randbytes(len(self.content.piece(piece))))


class FlippedBit(Serving):
    """Every piece with one bit of it wrong."""

    def requested(self, visit: Visit, channel: int, piece: int) -> None:
        content = bytearray(self.content.piece(piece))
        content[self.random.randrange(len(content))] ^= 1 << self.random.randrange(8)
        self.serve(visit, channel, piece, bytes(content))


class RareFlippedBit(FlippedBit):
    """The right bytes, but for one bit of one piece."""

    def requested(self, visit: Visit, channel: int, piece: int) -> None:
        if len(visit.requests) == 3:
            super().requested(visit, channel, piece)
        else:
            self.serve(visit, channel, piece, self.content.piece(piece))


class TooLong(Serving):
    """More bytes than the piece has, and some before its beginning was sent."""

    def requested(self, visit: Visit, channel: int, piece: int) -> None:
        content = self.content.piece(piece)
        visit.send(wire.data(channel, piece, len(content) // 2, content[: 1 << 10]))
        visit.send(wire.data(channel, piece, 0, content + content))


class TooShort(Serving):
    """Half of every piece, and then the next one."""

    def requested(self, visit: Visit, channel: int, piece: int) -> None:
        content = self.content.piece(piece)
        visit.send(wire.data(channel, piece, 0, content[: len(content) // 2]))


class OversizedFrame(Serving):
    """A frame that announces a gigabyte."""

    def requested(self, visit: Visit, channel: int, piece: int) -> None:
        visit.send(struct.pack(">IB", 1 << 30, wire.DATA) + bytes(1 << 16))


class BeyondEveryPiece(Serving):
    """A data frame at an offset that no piece has."""

    def requested(self, visit: Visit, channel: int, piece: int) -> None:
        visit.send(wire.data(channel, piece, 0xFFFF_FFF0, bytes(1 << 10)))


class UnknownMessage(Serving):
    """A message that is not known and not optional."""

    def requested(self, visit: Visit, channel: int, piece: int) -> None:
        visit.send(wire.frame(99, b"nonsense"))


class TruncatedMessage(Serving):
    """A message that ends inside its first field."""

    def requested(self, visit: Visit, channel: int, piece: int) -> None:
        visit.send(wire.frame(wire.HAVE, b"\x00\x00"))


class UnknownChannel(Serving):
    """Data on a channel that was never opened."""

    def requested(self, visit: Visit, channel: int, piece: int) -> None:
        self.serve(visit, channel + 100, piece, self.content.piece(piece))


class Noise(Serving):
    """Bytes that are no frames at all."""

    def requested(self, visit: Visit, channel: int, piece: int) -> None:
        visit.send(b"\xff" * 64 + self.random.randbytes(1 << 16))


class Drip(Serving):
    """Ten bytes a second of one piece."""

    def requested(self, visit: Visit, channel: int, piece: int) -> None:
        if len(visit.requests) == 1:
            self._run(self._drip, visit, channel, piece)

    def _drip(self, visit: Visit, channel: int, piece: int) -> None:
        content = self.content.piece(piece)
        for offset in range(len(content)):
            if visit.ended or self._ended.wait(0.1):
                return
            visit.send(wire.data(channel, piece, offset, content[offset : offset + 1]))


class HangsUp(Serving):
    """Closes the connection in the middle of a piece, every time."""

    def requested(self, visit: Visit, channel: int, piece: int) -> None:
        content = self.content.piece(piece)
        visit.send(wire.data(channel, piece, 0, content)[: len(content) // 2])
        visit.socket.shutdown(socket.SHUT_RDWR)


class Forger(HostilePeer):
    """A chain of states and pieces that fit each other, for bytes that are not the blob's: only the last piece gives it away."""

    def __init__(self, tracker: str, content: Content):
        super().__init__(tracker, content)
        self.forged = Content(self.random.randbytes(len(content.data)))
        self._states = self.forged.states()

    def states(self) -> list[bytes]:
        return self._states

    def requested(self, visit: Visit, channel: int, piece: int) -> None:
        self.serve(visit, channel, piece, self.forged.piece(piece))


class MisstatesSize(Forger):
    """As the forger, of a blob of another size."""

    strikes_on = wire.OPEN

    def __init__(self, tracker: str, content: Content):
        super().__init__(tracker, content)
        self.forged = Content(self.random.randbytes(len(content.data) // 2 + 1))
        self._states = self.forged.states()

    @property
    def claimed_size(self) -> int:
        return len(self.forged.data)


class ClaimsATebibyte(HostilePeer):
    """Says that the blob is as large as a blob can be."""

    strikes_on = wire.OPEN

    @property
    def claimed_size(self) -> int:
        return 1 << 40


class FloodsRequests(Serving):
    """Asks for pieces without end, and reads nothing of what comes."""

    strikes_on = wire.OPEN

    def opened(self, visit: Visit, channel: int) -> None:
        super().opened(visit, channel)
        while True:
            visit.send(b"".join(wire.words(wire.REQUEST, channel, piece) for piece in range(self.content.pieces)))


class FloodsMessages(Serving):
    """All the messages that cost the other side an answer or some memory, over and over, and reads nothing."""

    strikes_on = wire.OPEN

    def opened(self, visit: Visit, channel: int) -> None:
        super().opened(visit, channel)
        have = wire.frame(wire.HAVE, struct.pack(">IQB", channel, self.claimed_size, 1))
        gained = wire.words(wire.GAINED, channel, *range(1000))
        asked = wire.words(wire.WANT_STATES, channel, 1) + wire.words(wire.PING)
        number = channel
        while True:
            number += 1
            opening = wire.frame(wire.OPEN, struct.pack(">I", number) + b"\x01" + self.random.randbytes(32))
            withdrawn = wire.words(wire.REJECT, channel, number % self.content.pieces)
            visit.send(have + gained + asked + opening + withdrawn)

"""The swarm's wire protocol, as far as a peer made of Python needs it (Sources/Swarm/Wire is the reference)."""

import ctypes
import hashlib
import socket
import struct
from dataclasses import dataclass

HELLO, OPEN, CLOSE, MISSING, HAVE, GAINED, REQUEST, DATA, REJECT, CANCEL, WANT_STATES, STATES, PING, PONG = range(1, 15)
"""Messages between agents."""
ANNOUNCE, VOUCH, TRACKER_WANTS_STATES = 33, 35, 69
"""Messages to and from the tracker."""
CLUSTER = ZONE = "default"
"""Of an agent that was told neither."""
MAGIC, VERSION, AGENT = 0x53484F4C, 3, 1
DATA_LIMIT = 256 << 10
"""Piece bytes in one data frame."""


def frame(kind: int, payload: bytes = b"") -> bytes:
    """A whole frame: the length word counts what follows it."""
    return struct.pack(">IB", 1 + len(payload), kind) + payload


def words(kind: int, *numbers: int) -> bytes:
    """A frame of 32-bit fields."""
    return frame(kind, struct.pack(f">{len(numbers)}I", *numbers))


def text(value: str) -> bytes:
    return bytes([len(value)]) + value.encode()


def digest_field(digest: str) -> bytes:
    return b"\x01" + bytes.fromhex(digest.removeprefix("sha256:"))


def hello(node: bytes, address: str) -> bytes:
    return frame(HELLO, struct.pack(">IHB", MAGIC, VERSION, AGENT) + node + text(CLUSTER) + text(ZONE) + text(address))


def data(channel: int, piece: int, offset: int, content: bytes) -> bytes:
    return frame(DATA, struct.pack(">III", channel, piece, offset) + content)


def read_exactly(connection: socket.socket, count: int) -> bytes:
    """Raises ConnectionError when the stream ends before."""
    parts = []
    while count > 0:
        part = connection.recv(min(count, 1 << 18))
        if not part:
            raise ConnectionError("the other side closed the connection")
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def read_frame(connection: socket.socket) -> tuple[int, bytes]:
    """Type and payload of the next frame."""
    length, kind = struct.unpack(">IB", read_exactly(connection, 5))
    return kind, read_exactly(connection, length - 1)


@dataclass(frozen=True)
class Content:
    """A blob's bytes, cut into pieces as every agent cuts them."""

    data: bytes

    @property
    def piece_length(self) -> int:
        length = 64 << 10
        while length * 512 < len(self.data) and length < 1 << 20:
            length *= 2
        return length

    @property
    def pieces(self) -> int:
        return max(1, -(-len(self.data) // self.piece_length))

    def piece(self, index: int) -> bytes:
        return self.data[index * self.piece_length : (index + 1) * self.piece_length]

    def states(self) -> list[bytes]:
        """The digest chain: SHA-256's internal state after every piece but the last."""
        crypto = ctypes.CDLL("libcrypto.so.3")
        context = (ctypes.c_uint32 * 28)()  # SHA256_CTX: h[8], Nl, Nh, data[16], num, md_len
        crypto.SHA256_Init(context)
        states = []
        for index in range(self.pieces - 1):
            piece = self.piece(index)
            crypto.SHA256_Update(context, piece, ctypes.c_size_t(len(piece)))
            states.append(struct.pack(">8I", *context[:8]))
        return states

    @property
    def digest(self) -> str:
        return "sha256:" + hashlib.sha256(self.data).hexdigest()

"""What no distribution can beat: the bounds for one source and many equal or unequal links, and what a link really carries.

Sizes are bytes, rates are bytes of TCP payload a second.
"""

from collections.abc import Iterable

FRAME = 1514
"""What tc counts for a full Ethernet frame: 1,500 bytes of IP and the header of 14."""
PAYLOAD = 1448
"""What such a frame carries for TCP: without 20 bytes of IP, 20 of TCP and 12 of its timestamps."""
SHORTEST_PIECE, LONGEST_PIECE, PIECE_COUNT_GOAL = 64 << 10, 1 << 20, 512
"""As in Sources/Swarm/Pieces/PieceLayout.swift."""


def goodput(megabits: float) -> float:
    """TCP payload that a link shaped to `megabits` Mbit/s carries in one direction when the other is not in its way."""
    return megabits * 1e6 / 8 * PAYLOAD / FRAME


def piece_length(size: int) -> int:
    """How long the pieces of a blob of `size` bytes are: the power of two at or above size/512, from 64 KiB to 1 MiB."""
    length = SHORTEST_PIECE
    while length * PIECE_COUNT_GOAL < size and length < LONGEST_PIECE:
        length *= 2
    return length


def piece_count(sizes: Iterable[int]) -> int:
    """Pieces of all blobs together, each cut as its own size says."""
    return sum(max(1, -(-size // piece_length(size))) for size in sizes)


def equal_links(size: int, pieces: int, peers: int, upload: float) -> float:
    """T*: seconds until the last of `peers` can have `size` bytes in `pieces` pieces, when the source and all peers send `upload`.

    (M + floor(log2 N)) * (F/M)/u: Mundinger, Weber, Weiss, "Optimal scheduling of peer-to-peer file dissemination", J. Scheduling 2008.
    """
    return (pieces + peers.bit_length() - 1) * (size / pieces) / upload


def unequal_links(size: int, source: float, downloads: list[float], uploads: list[float]) -> float:
    """Seconds until peers with these links can all have `size` bytes from one source, as a fluid.

    max{F/u_seed, F/d_min, N*F/(u_seed + sum u_i)}: Kumar and Ross, "Peer-assisted file distribution: the minimum distribution time", 2006.
    `downloads` are those of the peers that are waited for, `uploads` those of all that help.
    """
    return max(size / source, size / min(downloads), len(downloads) * size / (source + sum(uploads)))

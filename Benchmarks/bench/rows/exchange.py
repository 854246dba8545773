"""One agent fetches a blob from another: the peer protocol, the digest chain and the store at work."""

import time
from collections.abc import Iterator
from contextlib import closing

from lab.cluster import Lab
from lab.processes import Daemon
from lab.shoal import Agent
from lab.waiting import eventually

from .. import blobs
from ..comparison import Comparison, Sample, at_least, ratio
from ..programs import BUILT, measured, read
from ..rivals.torrent import Torrent
from ..usage import Usage


def agent_to_agent() -> Iterator[Comparison]:
    """1 GiB from one agent to another over loopback until it is verified and stored, and until it is flushed"""
    with closing(blobs.new_lab()) as lab:
        blob = blobs.make(lab, blobs.GIB)
        tracker = lab.tracker()
        # The seed has pulled it, as a real one has: its states are vouched, so that pieces are relayed before the chain is closed.
        seed = lab.agent("seed", {blobs.REGISTRY: blobs.registry_with(lab, [blob]).url}, tracker=tracker)
        read(seed.mirror, blob.at_agent, digest=blob.digest)
        eventually(lambda: seed.holds(blob.digest), "the seed holds the blob")
        sender = _bare_sender(lab, blob)
        torrent = Torrent(lab, blob)

        def ours() -> Sample:
            with closing(blobs.new_lab()) as cold:
                agent = cold.agent("cold", {blobs.REGISTRY: blobs.NOWHERE}, tracker=tracker)
                whole = blob.stored(agent.directory)
                blobs.settle()
                with Usage(agent.daemon, seed.daemon, tracker.daemon) as usage:
                    started = time.monotonic()
                    # Whoever asks for one byte starts the download of all; the rest need not be sent to a client.
                    first = read(agent.mirror, blob.at_agent, span="0-0")
                    eventually(lambda: agent.verified(blob.digest) == blob.size, "every piece is verified and stored", 60)
                    stored = time.monotonic() - started
                    eventually(whole.exists, "the blob is whole", 60, every=0.001)
                    flushed = time.monotonic() - started
                _came_from_peers(agent, blob)
            return usage.sample(stored=blob.gibibytes / stored, flushed=blob.gibibytes / flushed, first_byte_seconds=first.seconds)

        def bare() -> Sample:
            target = lab.path / "received"
            blobs.settle()
            with Usage(sender) as usage:
                found = measured("bare-receiver", f"127.0.0.1:{sender.output.split()[1]}", target, blob.digest)
            target.unlink()
            cpu, peak = usage.processor_seconds + found["cpu_seconds"], max(usage.peak_bytes, found["peak_bytes"])
            speeds = {name: blob.gibibytes / found[f"{name}_seconds"] for name in ("stored", "flushed")}
            return Sample(speeds, cpu, peak)

        def libtorrent() -> Sample:
            with closing(blobs.new_lab()) as cold:
                peer = torrent.peer(cold)
                blobs.settle()
                with Usage(peer.daemon, torrent.seed) as usage:
                    seconds = peer.download()
            return usage.sample(stored=blob.gibibytes / seconds)

        what = "agent to agent, 1 GiB"
        yield Comparison(what, "bare C", [ratio("stored", "GiB/s", at_least(0.6)), ratio("flushed", "GiB/s")], ours, bare)
        yield Comparison(what, "libtorrent", [ratio("stored", "GiB/s", at_least(3))], ours, libtorrent)


def _bare_sender(lab: Lab, blob: blobs.Blob) -> Daemon:
    sender = Daemon("bare-sender", [BUILT / "bare-sender", blob.file], lab.path / "sender.log")
    lab.own(sender, sender.kill)
    sender.start()
    sender.wait_until(lambda: "listening" in sender.output, "it listens")
    return sender


def _came_from_peers(agent: Agent, blob: blobs.Blob) -> None:
    received = agent.counter("peer_received_bytes_total")
    assert received >= blob.size, f"{agent.name} got {received} of {blob.size} bytes from peers"

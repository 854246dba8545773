"""libtorrent: one seed and one peer that downloads, on loopback, with everything that finds other peers switched off."""

import re
import subprocess
import sys
from pathlib import Path

from lab.cluster import Lab
from lab.processes import Daemon, unused_port

from ..blobs import Blob

PEER = Path(__file__).with_name("torrent_peer.py")


class Torrent:
    """A torrent of one blob with its seed."""

    def __init__(self, lab: Lab, blob: Blob):
        self.blob = blob
        self.folder = lab.path / "torrent"
        self.folder.mkdir()
        self.torrent = self.folder / "blob.torrent"
        self.port = unused_port()
        subprocess.run([sys.executable, PEER, "make", blob.file, self.torrent], check=True)
        words = [sys.executable, PEER, "seed", self.torrent, blob.file.parent, self.port]
        self.seed = Daemon("libtorrent seed", words, self.folder / "seed.log")
        lab.own(self.seed, self.seed.kill)
        self.seed.start()
        self.seed.wait_until(lambda: "seeding" in self.seed.output, "it seeds")

    def peer(self, lab: Lab) -> "TorrentPeer":
        """A peer with an empty folder, ready to download."""
        return TorrentPeer(lab, self)


class TorrentPeer:
    def __init__(self, lab: Lab, torrent: Torrent):
        folder = lab.path / "torrent-peer"
        folder.mkdir()
        self.go = folder / "go"
        words = [sys.executable, PEER, "download", torrent.torrent, folder, torrent.port, self.go]
        self.daemon = Daemon("libtorrent peer", words, folder / "log")
        lab.own(self.daemon, self.daemon.kill)
        self.daemon.start()
        self.daemon.wait_until(lambda: "ready" in self.daemon.output, "it is ready")

    def download(self) -> float:
        """Seconds from adding the torrent until libtorrent calls it finished: every piece verified and handed to the disk."""
        self.go.touch()
        found = self.daemon.wait_until(lambda: re.search(r"finished (\S+)\n", self.daemon.output), "it has finished", 120)
        return float(found[1])

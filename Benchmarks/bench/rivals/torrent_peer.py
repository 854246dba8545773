"""A process of its own that speaks BitTorrent with libtorrent.

make FILE TORRENT                          writes the metainfo of a file
seed TORRENT FOLDER PORT                   serves the file that lies in FOLDER
download TORRENT FOLDER PORT GO            when the file GO appears, downloads from the seed at PORT; then goes on seeding
"""

import sys
import time
from pathlib import Path

import libtorrent

SETTINGS = {
    "listen_interfaces": "127.0.0.1:0",
    "enable_dht": False,
    "enable_lsd": False,
    "enable_upnp": False,
    "enable_natpmp": False,
    # TCP without obfuscation is the fastest that it has.
    "enable_outgoing_utp": False,
    "enable_incoming_utp": False,
    "out_enc_policy": int(libtorrent.enc_policy.disabled),
    "in_enc_policy": int(libtorrent.enc_policy.disabled),
    "allow_multiple_connections_per_ip": True,
    "alert_mask": int(libtorrent.alert.category_t.status_notification | libtorrent.alert.category_t.error_notification),
}


def session(listen: str) -> libtorrent.session:
    """A session with libtorrent's own preset for fast links."""
    return libtorrent.session({**libtorrent.high_performance_seed(), **SETTINGS, "listen_interfaces": listen})


def make(file: str, torrent: str) -> None:
    storage = libtorrent.file_storage()
    libtorrent.add_files(storage, file)
    made = libtorrent.create_torrent(storage, 0, libtorrent.create_torrent.v1_only)
    libtorrent.set_piece_hashes(made, str(Path(file).parent))
    Path(torrent).write_bytes(libtorrent.bencode(made.generate()))


def seed(torrent: str, folder: str, port: str) -> None:
    running = session(f"127.0.0.1:{port}")
    parameters = libtorrent.add_torrent_params()
    parameters.ti, parameters.save_path = libtorrent.torrent_info(torrent), folder
    parameters.flags = libtorrent.torrent_flags.seed_mode
    handle = running.add_torrent(parameters)
    while not handle.status().is_seeding:
        time.sleep(0.01)
    print("seeding", flush=True)
    while True:
        time.sleep(60)


def download(torrent: str, folder: str, port: str, go: str) -> None:
    running = session("127.0.0.1:0")
    parameters = libtorrent.add_torrent_params()
    parameters.ti, parameters.save_path = libtorrent.torrent_info(torrent), folder
    parameters.flags = 0
    print("ready", flush=True)
    while not Path(go).exists():
        time.sleep(0.001)
    started = time.monotonic()
    handle = running.add_torrent(parameters)
    handle.connect_peer(("127.0.0.1", int(port)))
    while True:
        running.wait_for_alert(1000)
        if any(isinstance(alert, libtorrent.torrent_finished_alert) for alert in running.pop_alerts()):
            break
    print("finished", time.monotonic() - started, flush=True)
    while True:
        time.sleep(60)


if __name__ == "__main__":
    {"make": make, "seed": seed, "download": download}[sys.argv[1]](*sys.argv[2:])

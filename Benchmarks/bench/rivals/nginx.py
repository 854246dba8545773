"""nginx as a static server of blobs, with sendfile and a worker for each core."""

import os
from pathlib import Path

from lab.cluster import Lab
from lab.processes import Daemon, unused_port

from ..blobs import Blob

CONFIGURATION = """
user root;
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
worker_processes auto;
events {{ worker_connections 1024; }}
http {{
    sendfile on;
    tcp_nopush on;
    access_log off;
    keepalive_requests 1000000000;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen {address};
        root {folder}/root;
    }}
}}
"""


class Nginx:
    """Serves blobs at the paths that a registry has them at."""

    def __init__(self, lab: Lab, blobs: list[Blob]):
        folder = lab.path / "nginx"
        folder.mkdir()
        port = unused_port()
        self.address = f"127.0.0.1:{port}"
        for blob in blobs:
            file = Path(f"{folder}/root{blob.at_registry}")
            file.parent.mkdir(parents=True, exist_ok=True)
            os.link(blob.file, file)
        configuration = folder / "nginx.conf"
        configuration.write_text(CONFIGURATION.format(folder=folder, address=self.address))
        folder.chmod(0o755)
        # Its workers do not notice when the master is killed.
        self.daemon = Daemon("nginx", ["nginx", "-c", configuration, "-e", folder / "error.log"], folder / "log", family=True)
        lab.own(self.daemon, self.daemon.kill)
        self.daemon.start()
        self.daemon.wait_for_port(port)

"""Docker Hub as clients see it: `https://registry-1.docker.io`, reached through an HTTPS proxy that is a registry of the lab instead.

What they ask of registries other than their mirrors goes to names that the lab does not have; a proxy in their environment and a
certificate that they trust there are enough to be them.
"""

import socket
import socketserver
import ssl
import threading
from pathlib import Path

from .processes import run

NAME = "registry-1.docker.io"


class Hub:
    """Answers `CONNECT registry-1.docker.io:443` and passes on to `registry` (HOST:PORT) what comes through the tunnel."""

    def __init__(self, directory: Path, registry: str):
        directory.mkdir(parents=True, exist_ok=True)
        self.certificate, key = directory / "hub.pem", directory / "hub.key"
        run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
            + ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}", "-keyout", key, "-out", self.certificate]
        )
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(self.certificate, key)
        self.registry = registry
        self.server = _Server(("127.0.0.1", 0), _Tunnel)
        self.server.hub = self
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def env(self) -> dict[str, str]:
        """What makes a client written in Go come here; loopback it reaches by itself."""
        host, port = self.server.server_address[:2]
        return {"HTTPS_PROXY": f"http://{host}:{port}", "SSL_CERT_FILE": str(self.certificate)}

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    hub: Hub

    def handle_error(self, request, client_address):
        pass  # a client that went away is nothing to report


class _Tunnel(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        hub = self.server.hub
        asked = self.rfile.readline(4096).decode()
        while self.rfile.readline(4096).strip():
            pass
        if not asked.startswith(f"CONNECT {NAME}:443 "):
            self.wfile.write(b"HTTP/1.1 502 Only Docker Hub is here\r\n\r\n")
            return
        self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        host, port = hub.registry.rsplit(":", 1)
        with hub.tls.wrap_socket(self.connection, server_side=True) as client, socket.create_connection((host, int(port))) as registry:
            back = threading.Thread(target=_copy, args=(registry, client), daemon=True)
            back.start()
            _copy(client, registry)
            back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    """Copies until `source` ends, then says so to `target`."""
    try:
        while data := source.recv(1 << 16):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass

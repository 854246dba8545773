"""An HTTP proxy that knows CONNECT, as companies have at their border: it alone knows where some names are."""

import base64
import socket
import threading


class ConnectProxy:
    """Listens on loopback. `names` says where a host really is, as HOST:PORT; what is not there is refused."""

    def __init__(self, names: dict[str, str], *, login: str | None = None):
        """`login`: USER:PASSWORD that clients must have."""
        self.names = names
        self.login = login
        self.asked: list[str] = []
        """The HOST:PORT of each CONNECT that was allowed, in order."""
        self.refused = 0
        """How many had no login."""
        self.server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        return "%s:%d" % self.server.getsockname()

    def stop(self) -> None:
        self.server.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            head = b""
            while b"\r\n\r\n" not in head:
                head += client.recv(4096) or b"\r\n\r\n"
            line, *fields = head.decode().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
            wanted = f"Basic {base64.b64encode((self.login or '').encode()).decode()}"
            if self.login and headers.get("proxy-authorization") != wanted:
                self.refused += 1
                client.sendall(b"HTTP/1.1 407 Who\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            target = line.split(" ")[1]
            self.asked.append(target)
            place = self.names.get(target.rpartition(":")[0])
            if not line.startswith("CONNECT ") or not place:
                client.sendall(b"HTTP/1.1 502 Unknown\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            host, _, port = place.rpartition(":")
            with socket.create_connection((host, int(port))) as server:
                client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                other = threading.Thread(target=_pump, args=(server, client), daemon=True)
                other.start()
                _pump(client, server)
                other.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(1 << 16):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # one side is gone; the other notices

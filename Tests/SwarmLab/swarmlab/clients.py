"""The clients: one on every node, pulling an image as containerd does, all played by one thread that throws the bytes away.

Thirty-two runtimes would take the machine's cores from the agents they are to measure. So the bodies are not even copied out of
the kernel, and only heads and manifests are read. That bytes are right is the end-to-end tests' business; here their number is checked.
"""

import json
import re
import selectors
import socket
import time
from collections import deque
from collections.abc import Callable

from lab.host import Host

CONNECTIONS = 3
"""Blobs at once, as containerd fetches them."""
BATCH_BYTES = 256 << 10
"""The kernel wakes the client when this much is there, or the rest of the body."""
MANIFESTS = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json"
TICK_SECONDS = 0.1
_scratch = bytearray(1 << 20)


class Pull:
    """One node's pull of an image: its manifest, then config and layers over three connections."""

    def __init__(self, host: Host, mirror: str, repository: str, tag: str, delay_seconds: float = 0):
        """`mirror`: HOST:PORT as reached inside `host`. `delay_seconds`: how long after the run's start this one starts."""
        self.host = host
        self.mirror = mirror
        self.path = f"/v2/{repository}"
        self.tag = tag
        self.delay_seconds = delay_seconds
        self.started: float | None = None
        self.first_byte: float | None = None
        """Of a layer or the config. All times are those of `time.monotonic`."""
        self.finished: float | None = None
        self.received = 0
        """Bytes of bodies, the manifest's too."""
        self.error: str | None = None
        self.waiting: deque[str] = deque()
        self.open: list[_Connection] = []

    @property
    def over(self) -> bool:
        return self.finished is not None or self.error is not None

    def start(self, selector: selectors.BaseSelector) -> None:
        self.started = time.monotonic()
        self._connect(selector).ask(f"{self.path}/manifests/{self.tag}", keep=True)

    def fail(self, why: str) -> None:
        """Gives up: what came so far is no image."""
        self.error = why
        self._close()

    def answered(self, connection: "_Connection", body: bytes) -> None:
        """A response is complete; `body` is what was kept of it."""
        if body:
            manifest = json.loads(body)
            self.waiting.extend(part["digest"] for part in [manifest["config"], *manifest["layers"]])
            while len(self.open) < min(CONNECTIONS, len(self.waiting)):
                self._connect(connection.selector)
            for other in self.open:
                self._next(other)
        else:
            self._next(connection)
        if not self.waiting and not any(connection.busy for connection in self.open):
            self.finished = time.monotonic()
            self._close()

    def _next(self, connection: "_Connection") -> None:
        if self.waiting:
            connection.ask(f"{self.path}/blobs/{self.waiting.popleft()}", keep=False)

    def _connect(self, selector: selectors.BaseSelector) -> "_Connection":
        host, _, port = self.mirror.rpartition(":")
        with self.host.inside():
            connection = _Connection(self, socket.create_connection((host, int(port)), timeout=5), selector)
        self.open.append(connection)
        return connection

    def _close(self) -> None:
        for connection in self.open:
            connection.close()
        self.open.clear()


class _Connection:
    """One connection to a mirror: a GET at a time, its head read, its body counted."""

    def __init__(self, pull: Pull, stream: socket.socket, selector: selectors.BaseSelector):
        self.pull = pull
        self.stream = stream
        self.selector = selector
        self.busy = False
        self.path = ""
        self.left: int | None = None
        """Bytes of the body still to come; None until the head is there."""
        self.kept: bytearray | None = None
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(stream, selectors.EVENT_READ, self)

    def ask(self, path: str, *, keep: bool) -> None:
        """Sends a GET; `keep`: its body is wanted, and no longer than a manifest may be."""
        self.busy, self.path, self.left, self.kept = True, path, None, bytearray() if keep else None
        self._wake_at(1)
        head = f"GET {path} HTTP/1.1\r\nHost: {self.pull.mirror}\r\nAccept: {MANIFESTS}\r\n\r\n"
        try:
            self.stream.sendall(head.encode())
        except OSError as error:
            self.pull.fail(f"GET {path}: {error}")

    def readable(self) -> None:
        try:
            if self.left is None:
                self._read_head()
            else:
                self._read_body()
        except OSError as error:
            self.pull.fail(f"GET {self.path}: {error}")

    def close(self) -> None:
        self.selector.unregister(self.stream)
        self.stream.close()

    def _read_head(self) -> None:
        seen = self.stream.recv(16 << 10, socket.MSG_PEEK)
        head, end, _ = seen.partition(b"\r\n\r\n")
        if not end:
            if not seen or len(seen) == 16 << 10:
                self.pull.fail(f"GET {self.path}: the connection ended before an answer came")
            return
        self.stream.recv(len(head) + len(end))
        length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
        if not head.startswith(b"HTTP/1.1 200 ") or not length:
            self.pull.fail(f"GET {self.path}: {head.splitlines()[0].decode(errors='replace')} {'' if length else 'without a length'}")
            return
        self.left = int(length[1])
        self._wake_at(self.left)
        if not self.left:
            self._complete()

    def _read_body(self) -> None:
        if self.kept is not None:
            data = self.stream.recv(self.left)
            self.kept += data
            count = len(data)
        else:
            count = self.stream.recv_into(_scratch, min(self.left, len(_scratch)), socket.MSG_TRUNC)  # tcp(7): discarded in the kernel
            if self.pull.first_byte is None:
                self.pull.first_byte = time.monotonic()
        if count == 0:
            self.pull.fail(f"GET {self.path}: ended {self.left} bytes short")
            return
        self.left -= count
        self.pull.received += count
        if self.left:
            self._wake_at(self.left)
        else:
            self._complete()

    def _wake_at(self, count: int) -> None:
        self.stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, max(1, min(count, BATCH_BYTES)))

    def _complete(self) -> None:
        self.busy = False
        self.pull.answered(self, bytes(self.kept or b""))


def run(pulls: list[Pull], tick: Callable[[float], None], limit_seconds: float) -> float:
    """Runs all pulls until each is over, and returns when they began (`time.monotonic`).

    `tick` is called ten times a second with the seconds since then. What is not over after `limit_seconds` fails.
    """
    waiting = deque(sorted(pulls, key=lambda pull: pull.delay_seconds))
    began = last_tick = time.monotonic()
    with selectors.DefaultSelector() as selector:
        while not all(pull.over for pull in pulls):
            now = time.monotonic()
            while waiting and now - began >= waiting[0].delay_seconds:
                waiting.popleft().start(selector)
            for key, _ in selector.select(TICK_SECONDS / 4):
                if key.data in key.data.pull.open:
                    key.data.readable()
            if now - last_tick >= TICK_SECONDS:
                last_tick = now
                tick(now - began)
            if now - began > limit_seconds:
                for pull in pulls:
                    if not pull.over:
                        pull.fail(f"not finished after {limit_seconds:.0f} s, {pull.received} bytes received")
    return began

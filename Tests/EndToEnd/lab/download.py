"""One HTTP GET in the background, watched while it runs: how clients that stay, wait or leave see the mirror."""

import hashlib
import http.client
import threading
import time
from urllib.parse import urlsplit

from .waiting import eventually


class Download:
    """A GET whose body is read as fast as it comes, hashed and thrown away."""

    def __init__(self, url: str, headers: dict[str, str] | None = None):
        self.url = url
        self.status: int | None = None
        self.headers: dict[str, str] = {}
        self.received = 0
        self.first_byte_seconds: float | None = None
        self.error: Exception | None = None
        self.body_start = b""
        """The first 4 KiB, enough to read an error."""
        self._hash = hashlib.sha256()
        self._left = threading.Event()
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        self._request_headers = headers or {}
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        started = time.monotonic()
        try:
            parts = urlsplit(self.url)
            self._connection.request("GET", parts.path + (f"?{parts.query}" if parts.query else ""), headers=self._request_headers)
            response = self._connection.getresponse()
            self.status, self.headers = response.status, {key.lower(): value for key, value in response.getheaders()}
            while not self._left.is_set():
                data = response.read1(1 << 18)
                if not data:
                    break
                if self.first_byte_seconds is None:
                    self.first_byte_seconds = time.monotonic() - started
                self.body_start = (self.body_start + data)[:4096]
                self._hash.update(data)
                self.received += len(data)
            expected = self.headers.get("content-length")
            if expected and self.received < int(expected) and not self._left.is_set():
                raise http.client.IncompleteRead(b"", int(expected) - self.received)
        except (OSError, http.client.HTTPException) as error:
            self.error = error
        finally:
            self._connection.close()

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    @property
    def digest(self) -> str:
        """Digest of what was received so far."""
        return "sha256:" + self._hash.hexdigest()

    def received_at_least(self, count: int, seconds: float = 20) -> None:
        """Waits until `count` bytes of the body came."""
        eventually(lambda: self.received >= count or not self.running, f"{count} bytes of {self.url}", seconds)
        assert self.received >= count, f"{self.url} ended after {self.received} bytes: {self}"

    def leave(self) -> None:
        """Goes away in the middle, as a client that is interrupted does."""
        self._left.set()
        self._thread.join(60)

    def finish(self, seconds: float = 60) -> "Download":
        """Waits for the end of the body. Look at `status`, `error` and `digest` afterwards."""
        self._thread.join(seconds)
        assert not self.running, f"after {seconds:g} s still unfinished: {self}"
        return self

    def __str__(self) -> str:
        return f"GET {self.url}: status {self.status}, {self.received} bytes, {self.error or 'no error'}; starts {self.body_start[:300]!r}"

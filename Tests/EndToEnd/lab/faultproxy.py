"""A reverse proxy between an agent and its origin registry that logs every request and injects faults.

As a library: `FaultProxy(url).start()`, then `add(Rule(...))`, `lift()`, `requests`.
As a script (in Tests/EndToEnd): python3 -m lab.faultproxy UPSTREAM [--listen HOST:PORT] [--rules FILE.json]
prints one line a request.
"""

import argparse
import http.client
import json
import re
import socket
import struct
import sys
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from .waiting import eventually

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "expect"}
CHUNK_BYTES = 64 << 10
TICK_SECONDS = 0.05


@dataclass
class Rule:
    """One fault, for the requests it matches. The first rule that matches a request applies."""

    match: str
    """Regular expression, searched in "METHOD /path"."""
    do: str
    """
    status:   answer `code` with `headers` and an OCI error, without asking the origin
    hang:     answer nothing for `seconds`, then close
    delay:    wait `seconds`, then go on as if nothing had been
    truncate: close after `at` bytes of the body
    reset:    as truncate, with a TCP reset
    stall:    send nothing more after `at` bytes for `seconds`, then close
    corrupt:  flip the byte at `at`
    slow:     send `bytes_per_second`
    noranges: answer a Range request with 200 and the whole body
    header:   add `headers` to the answer
    """
    at: int = 0
    seconds: float = 60
    bytes_per_second: int = 1 << 20
    code: int = 503
    headers: dict[str, str] = field(default_factory=dict)
    skip: int = 0
    """So many matching requests pass unharmed first."""
    times: int | None = None
    """So many requests are harmed, then no more; None for all."""
    seen: int = 0
    lifted: threading.Event = field(default_factory=threading.Event, repr=False, compare=False)
    """Set when the rule ends; requests that it slows, stalls or hangs then go on at full speed."""


@dataclass(repr=False)
class Request:
    """One request as the proxy saw it; `sent` and `done` change while it is answered."""

    method: str
    path: str
    headers: dict[str, str]
    """Names in lower case."""
    fault: str | None = None
    status: int | None = None
    sent: int = 0
    """Bytes of the body that went to the client."""
    done: bool = False
    started: float = field(default_factory=time.monotonic)
    ended: float = float("inf")
    """When it was done."""

    @property
    def range_start(self) -> int | None:
        """N of `Range: bytes=N-...`."""
        found = re.match(r"bytes=(\d+)-", self.headers.get("range", ""))
        return int(found.group(1)) if found else None

    @property
    def range(self) -> tuple[int, int] | None:
        """(N, M + 1) of `Range: bytes=N-M`."""
        found = re.match(r"bytes=(\d+)-(\d+)$", self.headers.get("range", ""))
        return (int(found.group(1)), int(found.group(2)) + 1) if found else None

    def __repr__(self) -> str:
        ranged = f" [{self.headers['range']}]" if "range" in self.headers else ""
        fault = f" !{self.fault}" if self.fault else ""
        return f"{self.method} {self.path}{ranged} -> {self.status} {self.sent} B{fault}{'' if self.done else ' (unfinished)'}"


class FaultProxy:
    """Listens on loopback and forwards all requests to `upstream` (http://host:port)."""

    def __init__(self, upstream: str, listen: tuple[str, int] = ("127.0.0.1", 0)):
        self.upstream = urlsplit(upstream).netloc
        self.lock = threading.Lock()
        self.rules: list[Rule] = []
        self.log: list[Request] = []
        self.on_done = lambda request: None
        self.server = _Server(listen, _Handler)
        self.server.proxy = self

    @property
    def url(self) -> str:
        return "http://%s:%d" % self.server.server_address[:2]

    def start(self) -> "FaultProxy":
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": TICK_SECONDS}, daemon=True).start()
        return self

    def stop(self) -> None:
        self.lift()
        self.server.shutdown()
        self.server.server_close()

    def add(self, rule: Rule) -> Rule:
        with self.lock:
            self.rules.append(rule)
        return rule

    def lift(self) -> None:
        """Ends all rules, also for the requests they are holding up now."""
        with self.lock:
            ended, self.rules = self.rules, []
        for rule in ended:
            rule.lifted.set()

    def requests(self, match: str = "") -> list[Request]:
        """The requests so far whose "METHOD /path" matches, in order of arrival."""
        with self.lock:
            return [request for request in self.log if re.search(match, f"{request.method} {request.path}")]

    def settle(self) -> None:
        """Waits until every request so far is answered to its end: clients may have the last byte a moment earlier."""
        eventually(lambda: all(request.done for request in self.requests()), "the proxy's requests are answered")

    def body_bytes(self, match: str = "^GET .*/(blobs|manifests)/") -> int:
        """Bytes of all bodies sent to clients for matching requests, so far."""
        return sum(request.sent for request in self.requests(match))

    def rule_for(self, request: Request) -> Rule | None:
        line = f"{request.method} {request.path}"
        with self.lock:
            self.log.append(request)
            for rule in self.rules:
                if not re.search(rule.match, line):
                    continue
                number, rule.seen = rule.seen, rule.seen + 1
                if number >= rule.skip and (rule.times is None or number < rule.skip + rule.times):
                    request.fault = rule.do
                    return rule
        return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    proxy: FaultProxy

    def handle_error(self, request, client_address):
        pass  # a client that went away is nothing to report; the request's log line shows how far it came


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, *_):
        pass

    def do_GET(self):
        proxy = self.server.proxy
        request = Request(self.command, self.path, {key.lower(): value for key, value in self.headers.items()})
        self.body = self.rfile.read(int(request.headers.get("content-length", 0)))
        rule = proxy.rule_for(request)
        try:
            self.answer(request, rule)
        except (OSError, http.client.HTTPException):
            self.close_connection = True
        finally:
            request.ended = time.monotonic()
            request.done = True
            proxy.on_done(request)

    do_HEAD = do_PUT = do_POST = do_DELETE = do_GET

    def answer(self, request: Request, rule: Rule | None) -> None:
        do = rule.do if rule else None
        if do in ("hang", "delay"):
            rule.lifted.wait(rule.seconds)
            if do == "hang":
                self.close_connection = True
                return
        if do == "status":
            body = json.dumps({"errors": [{"code": "UNKNOWN", "message": "injected by the fault proxy"}]}).encode()
            self.head(request, rule.code, {"Content-Type": "application/json", "Content-Length": str(len(body)), **rule.headers})
            self.send(request, body)
            return
        origin = http.client.HTTPConnection(self.server.proxy.upstream, timeout=60)
        try:
            self.forward(request, rule, origin)
        finally:
            origin.close()

    def forward(self, request: Request, rule: Rule | None, origin: http.client.HTTPConnection) -> None:
        dropped = HOP_BY_HOP | ({"range"} if rule and rule.do == "noranges" else set())
        try:
            origin.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for key, value in self.headers.items():  # line by line: clients send several Accept lines
                if key.lower() not in dropped:
                    origin.putheader(key, value)
            origin.endheaders(self.body or None)
            response = origin.getresponse()
        except OSError:
            self.head(request, 502, {"Content-Length": "0"})
            return
        headers = {key: value for key, value in response.getheaders() if key.lower() not in HOP_BY_HOP}
        if rule and rule.do == "header":
            headers |= rule.headers
        if "Content-Length" not in headers:
            self.close_connection = True
        self.head(request, response.status, headers)
        if self.command != "HEAD":
            self.copy(request, rule, response)

    def head(self, request: Request, status: int, headers: dict[str, str]) -> None:
        request.status = status
        self.send_response_only(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.end_headers()

    def send(self, request: Request, data: bytes) -> None:
        if self.command != "HEAD":
            self.wfile.write(data)
            request.sent += len(data)

    def copy(self, request: Request, rule: Rule | None, response: http.client.HTTPResponse) -> None:
        """Copies the body, with the fault that strikes in it."""
        do = rule.do if rule else None
        while True:
            slow = do == "slow" and not rule.lifted.is_set()
            chunk = response.read(max(1, int(rule.bytes_per_second * TICK_SECONDS)) if slow else CHUNK_BYTES)
            if not chunk:
                return
            start, end = request.sent, request.sent + len(chunk)
            if do == "corrupt" and start <= rule.at < end:
                chunk = bytearray(chunk)
                chunk[rule.at - start] ^= 0xFF
            if do in ("truncate", "reset", "stall") and end > rule.at and not rule.lifted.is_set():
                self.send(request, chunk[: rule.at - start])
                if do == "stall":
                    rule.lifted.wait(rule.seconds)
                self.close_connection = True
                if do == "reset":
                    self.reset()
                return
            self.send(request, chunk)
            if slow:
                rule.lifted.wait(TICK_SECONDS)

    def reset(self) -> None:
        """Makes the close that follows a TCP reset instead of a FIN."""
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        raise ConnectionResetError


def main() -> None:
    parser = argparse.ArgumentParser(description="Logging, fault-injecting reverse proxy.", epilog=Rule.__doc__)
    parser.add_argument("upstream", help="http://HOST:PORT of the registry")
    parser.add_argument("--listen", default="127.0.0.1:0", help="HOST:PORT (default %(default)s)")
    parser.add_argument("--rules", type=Path, help='JSON list such as [{"match": "/blobs/", "do": "truncate", "at": 1000, "times": 1}]')
    options = parser.parse_args()
    host, port = options.listen.rsplit(":", 1)
    proxy = FaultProxy(options.upstream, (host, int(port)))
    for rule in json.loads(options.rules.read_text()) if options.rules else []:
        proxy.add(Rule(**rule))
    proxy.on_done = lambda request: print(request, flush=True)
    print(f"listening on {proxy.url}", file=sys.stderr, flush=True)
    try:
        proxy.server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()

"""Shoal's own programs: the tracker and the agents as daemons, the commands as a user types them."""

import json
import os
import re
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

from .host import LOOPBACK, Host
from .metrics import Metrics
from .processes import Daemon, run

CHECKOUT = Path(__file__).resolve().parents[3]
BINARIES = Path(os.environ.get("LAB_BINARIES", CHECKOUT / ".build/release"))
SHOAL = BINARIES / "shoal"
TRACKER = BINARIES / "shoal-tracker"
SIMULATOR = BINARIES / "shoal-sim"
STOP_SECONDS = 10
"""What an operator is promised: SIGTERM drains and exits 0 within this time."""


def get(url: str, seconds: float = 10) -> bytes:
    """The body of a GET; raises urllib.error.HTTPError for anything but success."""
    with urllib.request.urlopen(url, timeout=seconds) as response:
        return response.read()


def answers(url: str) -> bool:
    """Whether a GET of `url` succeeds now."""
    try:
        get(url, seconds=2)
        return True
    except OSError:
        return False


class _Service:
    """What tracker and agent share: flags with port 0, `listening` lines, metrics, API, stop and crash."""

    reached = ""
    """The socket that other hosts connect to; the others are on loopback."""

    def __init__(self, name: str, program: Path, flags: list[str], sockets: dict[str, str], directory: Path, host: Host, outlive: bool):
        """`sockets`: the flag for each socket, by the name that its `listening` line has."""
        self.name = name
        self.host = host
        self.directory = directory
        self.flags = flags
        self.sockets = sockets
        self.addresses = {socket: f"{host.address if socket == self.reached else LOOPBACK.address}:0" for socket in sockets}
        self.program = program
        directory.mkdir(parents=True, exist_ok=True)
        self.daemon = Daemon(name, self.command(), directory / f"{name}.log", outlive=outlive)

    def command(self) -> list[str]:
        listen = [word for socket, flag in self.sockets.items() for word in (flag, self.addresses[socket])]
        subcommand = ["agent"] if self.program == SHOAL else []
        return [str(self.program), *subcommand, *listen, "--data", str(self.directory / "data"), *self.flags]

    def start(self):
        """Starts it and waits until every socket listens and it says that it lives. Later starts use the ports of the first."""
        self.daemon.command = self.command()
        with self.host.inside():
            self.daemon.start()
            self.daemon.wait_until(lambda: self.sockets.keys() <= self.listening().keys(), f"`listening` lines of {list(self.sockets)}")
            self.addresses = self.listening()
            self.daemon.wait_until(lambda: answers(self.http + "/healthz"), "it answers /healthz")
        return self

    def listening(self) -> dict[str, str]:
        """Address of each socket, from the log."""
        found = {}
        for line in self.daemon.output.splitlines():
            if re.search(r"\blistening\b", line):
                pairs = dict(re.findall(r'(\w+)="?([^\s",\]]+)', line))
                if {"socket", "address"} <= pairs.keys():
                    found[pairs["socket"]] = pairs["address"]
        return found

    @property
    def http(self) -> str:
        """Base URL of the operator's HTTP."""
        raise NotImplementedError

    def metrics(self) -> Metrics:
        with self.host.inside():
            return Metrics.parse(get(self.http + "/metrics").decode())

    def api(self, path: str):
        """The JSON at /api/v1/`path`."""
        with self.host.inside():
            return json.loads(get(f"{self.http}/api/v1/{path}"))

    def stop(self) -> None:
        """Stops it as an operator would, and holds it to its promise: exit code 0 within 10 s."""
        code = self.daemon.stop(STOP_SECONDS)
        assert code == 0, f"{self.name} ended with {code} on SIGTERM"

    def kill(self) -> None:
        """Crashes it: kill -9."""
        self.daemon.kill()


class Tracker(_Service):
    """A `shoal-tracker`."""

    reached = "sessions"

    def __init__(self, directory: Path, flags: list[str] = [], *, host: Host = LOOPBACK, outlive: bool = False):
        super().__init__("tracker", TRACKER, flags, {"sessions": "--listen", "http": "--http"}, directory, host, outlive)

    @property
    def http(self) -> str:
        return "http://" + self.addresses["http"]

    @property
    def address(self) -> str:
        """Where agents connect."""
        return self.addresses["sessions"]

    def knows(self, node: str) -> bool:
        """Whether the agent with this node id is connected now."""
        return any(entry["node"] == node and entry["connected"] for entry in self.api("nodes")["nodes"])

    def has_swarm(self, digest: str) -> bool:
        """Whether some agent holds or wants the blob, as far as the tracker knows."""
        return any(swarm["digest"] == digest for swarm in self.api("swarms")["swarms"])

    def members(self, digest: str) -> set[str]:
        """Node ids of the agents that hold or want the blob."""
        return {member["node"] for member in self.api(f"swarms/{digest}")["members"]}


class Agent(_Service):
    """A `shoal agent`."""

    reached = "peer"

    def __init__(
        self, name: str, directory: Path, flags: list[str], tracker: Tracker | None, *, host: Host = LOOPBACK, outlive: bool = False
    ):
        sockets = {"mirror": "--mirror", "peer": "--peer", "admin": "--admin"}
        super().__init__(name, SHOAL, flags, sockets, directory, host, outlive)
        self.tracker = tracker

    def start(self) -> "Agent":
        """Starts it as `_Service.start`, and waits until its tracker knows it, if that runs."""
        super().start()
        if self.tracker and self.tracker.daemon.alive:
            self.daemon.wait_until(lambda: self.tracker.knows(self.node), "it is connected to its tracker")
        return self

    @property
    def http(self) -> str:
        return "http://" + self.addresses["admin"]

    @property
    def mirror(self) -> str:
        """HOST:PORT of the mirror, to put before a reference: `{mirror}/ghcr.io/org/app:tag`."""
        return self.addresses["mirror"]

    @property
    def node(self) -> str:
        """The node id under which the tracker and the other agents know it."""
        return self.api("peers")["node"]

    def counter(self, name: str) -> int:
        """A metric of bytes or events, by its name without `shoal_`."""
        return int(self.metrics().total("shoal_" + name))

    def holds(self, digest: str) -> bool:
        """Whether the agent has the whole blob."""
        return any(blob["digest"] == digest for blob in self.api("blobs")["blobs"])

    def transfer(self, digest: str) -> dict | None:
        """The agent's transfer of the blob, running or lately finished."""
        found = [transfer for transfer in self.api("transfers")["transfers"] if transfer["digest"] == digest]
        return found[-1] if found else None

    def verified(self, digest: str) -> int:
        """Bytes of the blob that the agent has verified."""
        transfer = self.transfer(digest)
        return transfer["bytesVerified"] if transfer else 0


def shoal(
    *words: object, seconds: float = 120, check: bool = True, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess:
    """Runs `shoal WORDS...` to its end."""
    return run([SHOAL, *words], seconds=seconds, check=check, env=env)

"""Hosts of their own on this machine: network namespaces, each with a shaped link to a switch, which is a bridge in another namespace.

Nothing touches the machine's own network. Names carry the process that made them, so that what a killed run left behind is
known for what it is. The rate of a link holds for each direction by itself: a token bucket where the host sends, another where
the switch sends to it. (Netem, which could add latency, is missing from many kernels; the lab does without.)
"""

import os
import re
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .host import Namespace
from .left_running import started
from .processes import run
from .workspace import MEMORY

NAME = "shoal-lab"
NAMESPACES = Path("/run/netns")
BURST = "burst 128kb latency 20ms"
"""What a link lets pass at once (two of the largest segments the kernel sends), and how long a frame may wait before it is dropped."""
CONGESTION_CONTROL = "reno"
"""For all hosts, whatever the machine uses: a namespace may always choose it, and Linux's default, cubic, is no faster than reno on links
as short and slow as these (RFC 9438, section 4.3). With BBR, which some machines have as default, the same swarm took a fifth longer."""
HEADER_BYTES = 66
"""What an interface counts for a frame beside TCP payload: Ethernet 14, IP 20, TCP 32 with its timestamps."""
MOST_HOSTS = 128
"""Hosts of one network. Each knows the others' hardware addresses from the start: all namespaces of a machine share a table of 1,024 that are learnt,
which 33 hosts fill, and one that finds no room in it is cut off."""


class CannotBuild(Exception):
    """This machine does not let us make namespaces or shaped links; the text says why in one line."""


class Traffic:
    """What went through one port of the switch since the network was made, in bytes of TCP payload.

    Frames count as large as the kernel hands them over at once, up to 64 KiB, with one header each.
    """

    def __init__(self, fields: list[int]):
        """`fields`: a line of /proc/net/dev. What the host sends, the switch receives."""
        self.sent = fields[0] - fields[1] * HEADER_BYTES
        self.received = fields[8] - fields[9] * HEADER_BYTES


class ShapedHost(Namespace):
    """A host of a network; `port` is its name at the switch, eth0 its own end of the link."""

    def __init__(self, port: str, address: str):
        super().__init__(f"{mark()}-{port}", address)
        self.port = port
        self.write("ipv4/tcp_congestion_control", CONGESTION_CONTROL)


class Network:
    """A switch and its hosts. With `zones` > 1 there are as many switches, joined to the first by links of `zone_rate`."""

    def __init__(self, zones: int = 1, zone_rate: str | None = None):
        """Rates are as tc takes them, such as "100mbit"; None leaves a link as fast as the machine is."""
        check()
        self.hosts: list[ShapedHost] = []
        self.switch = Namespace(f"{mark()}-switch")
        try:
            for table in ("arptables", "iptables", "ip6tables"):
                self.switch.write(f"bridge/bridge-nf-call-{table}", "0")  # frames need not pass the machine's packet filter
            self._join(zones, zone_rate)
            self._counters = self.switch.open("dev")
        except BaseException:
            self.remove()
            raise

    def host(self, port: str, rate: str | None, zone: int = 0) -> ShapedHost:
        """Adds a host whose link carries `rate` in each direction. `port`: its name, at most 15 characters."""
        number = len(self.hosts)
        assert number < MOST_HOSTS, f"a network has room for {MOST_HOSTS} hosts"
        host = ShapedHost(port, _address(number))
        self.hosts.append(host)
        self.switch.batch(
            "ip",
            [
                f"link add name {port} type veth peer name eth0 netns {host.name}",
                f"link set dev {port} addrgenmode none",
                f"link set dev {port} master zone{zone} up",
            ],
        )
        up = [f"link set eth0 address {_mac(number)}", "link set eth0 addrgenmode none", f"addr add {host.address}/16 dev eth0", "link set eth0 up"]
        others = [other for other in range(MOST_HOSTS) if other != number]
        host.batch("ip", up + [f"neigh replace {_address(other)} lladdr {_mac(other)} dev eth0 nud permanent" for other in others])
        if rate:
            host.batch("tc", [_shape("eth0", rate)])
            self.switch.batch("tc", [_shape(port, rate)])
        return host

    def traffic(self) -> dict[str, Traffic]:
        """Counters of every port by the host's name; `down1` is the second zone's port towards the first."""
        self._counters.seek(0)
        ports = (line.partition(":") for line in self._counters.read().splitlines()[2:])
        return {name.strip(): Traffic([int(field) for field in fields.split()]) for name, _, fields in ports}

    def remove(self) -> None:
        """Removes what was made here. The processes inside must have ended."""
        for namespace in [self.switch, *self.hosts]:
            namespace.remove()
        self.hosts.clear()
        for path in NAMESPACES.glob(f"{mark()}-*"):  # a signal came while it was made
            run(["ip", "netns", "del", path.name], check=False)

    def _join(self, zones: int, rate: str | None) -> None:
        commands = []
        for zone in range(zones):
            commands += [f"link add zone{zone} type bridge forward_delay 0 mcast_snooping 0", f"link set zone{zone} up"]
        for zone in range(1, zones):
            commands += [
                f"link add up{zone} type veth peer name down{zone}",
                f"link set up{zone} master zone0 up",
                f"link set down{zone} master zone{zone} up",
            ]
        self.switch.batch("ip", commands)
        if rate:
            self.switch.batch("tc", [_shape(f"{end}{zone}", rate) for zone in range(1, zones) for end in ("up", "down")])


def _address(number: int) -> str:
    return f"10.77.0.{number + 1}"


def _mac(number: int) -> str:
    return f"02:00:0a:4d:00:{number + 1:02x}"


def _shape(device: str, rate: str) -> str:
    return f"qdisc replace dev {device} root tbf rate {rate} {BURST}"


def check() -> None:
    """Raises CannotBuild unless namespaces with shaped links can be made here."""
    missing = [program for program in ("ip", "tc") if not shutil.which(program)]
    if missing:
        raise CannotBuild(f"shaped links need {' and '.join(missing)}: run `make deps`, or install iproute2")
    if os.geteuid() != 0:
        raise CannotBuild("shaped links need network namespaces, and those need root: run this as root")
    probe = f"{mark()}-probe"
    made = run(["ip", "netns", "add", probe], check=False)
    try:
        if made.returncode == 0:
            made = run(["tc", "-n", probe, "qdisc", "add", "dev", "lo", "root", "tbf", "rate", "1mbit", *BURST.split()], check=False)
    finally:
        run(["ip", "netns", "del", probe], check=False)
    if made.returncode != 0:
        raise CannotBuild(f"this machine makes no network namespaces with shaped links: {made.stderr.strip()}")


def mark() -> str:
    """How names begin that this process gives: with its number, and when it started, for numbers are used again."""
    return f"{NAME}-{os.getpid()}.{started(os.getpid())}"


def remove_leftovers() -> None:
    """Removes what labs that were killed left behind: namespaces with what still runs in them, and folders."""
    for path in _abandoned(NAMESPACES):
        for pid in run(["ip", "netns", "pids", path.name], check=False).stdout.split():
            os.kill(int(pid), signal.SIGKILL)
        run(["ip", "netns", "del", path.name], check=False)
    for folder in {Path(tempfile.gettempdir()), MEMORY}:
        for path in _abandoned(folder):
            shutil.rmtree(path, ignore_errors=True)


def _abandoned(folder: Path) -> Iterator[Path]:
    """What is in `folder` with a name that a lab gave, and whose maker has ended."""
    for path in sorted(folder.glob(f"{NAME}-*")):
        found = re.match(rf"{NAME}-(\d+)\.(\d+)-", path.name)
        if found and started(int(found[1])) != found[2]:
            yield path

"""What a run used and moved, as the kernel counts it: the difference between its two ends."""

import re
import time
from collections.abc import Iterable

from lab.cluster import Lab
from lab.host import Namespace
from lab.network import Network

from .machine import MachineTime, process_seconds, queued_seconds


class Ledger:
    """Everything at one moment."""

    def __init__(self, network: Network, lab: Lab, ended: dict[str, tuple[float, float]] = {}):
        """`ended`: the CPU seconds of processes that can no longer be asked."""
        self.time = time.monotonic()
        self.lab_seconds = time.process_time()
        self.machine = MachineTime()
        self.traffic = network.traffic()
        self.processes = {daemon.name: ended.get(daemon.name) or process_seconds(daemon.pid) for daemon in lab.daemons}
        self.queued = {daemon.name: queued_seconds(daemon.pid) for daemon in lab.daemons}
        self.retransmitted = {host.port: _retransmitted(host) for host in network.hosts}

    def sent(self, port: str, since: "Ledger") -> int:
        """Bytes of TCP payload that the host at `port` sent."""
        return self.traffic[port].sent - since.traffic[port].sent

    def received(self, port: str, since: "Ledger") -> int:
        return self.traffic[port].received - since.traffic[port].received

    def segments_sent_again(self, port: str, since: "Ledger") -> int:
        return self.retransmitted[port] - since.retransmitted[port]

    def cpu_seconds(self, names: Iterable[str], since: "Ledger") -> list[float]:
        """Of these processes together, in user and in kernel mode."""
        spent = [[now - then for now, then in zip(self.processes[name], since.processes[name])] for name in names]
        return [round(sum(max(0, seconds) for seconds in modes), 2) for modes in zip(*spent)]  # below 0: it crashed

    def queued_seconds(self, name: str, since: "Ledger") -> float:
        """How long the threads of this process waited for a core."""
        return round(self.queued[name] - since.queued[name], 2)


def _retransmitted(host: Namespace) -> int:
    """TCP segments that the host sent again (RetransSegs of /proc/net/snmp)."""
    with host.open("snmp") as file:
        names, values = re.findall(r"^Tcp: (.*)$", file.read(), re.MULTILINE)
    return int(dict(zip(names.split(), values.split()))["RetransSegs"])

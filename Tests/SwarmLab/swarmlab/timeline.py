"""What flowed in every tenth of a second, so that one can see who waited for whom."""

from lab.network import Network

from .machine import MachineTime


class Timeline:
    """Bytes that left the origin and that all other hosts sent, and how idle the machine was, sample after sample."""

    def __init__(self, network: Network):
        self.network = network
        self.machine = MachineTime()
        self.origin, self.peers = self._sent()
        self.samples: list[list[float]] = []

    def sample(self, seconds: float) -> None:
        machine, (origin, peers) = MachineTime(), self._sent()
        idle = machine.shares(self.machine)["idle"]
        self.samples.append([round(seconds, 2), origin - self.origin, peers - self.peers, round(idle, 2)])
        self.machine, self.origin, self.peers = machine, origin, peers

    def document(self) -> dict:
        return {"columns": ["seconds", "originSentBytes", "peersSentBytes", "idle"], "samples": self.samples}

    def _sent(self) -> tuple[int, int]:
        traffic = self.network.traffic()
        origin = traffic["origin"].sent
        return origin, sum(traffic[host.port].sent for host in self.network.hosts) - origin

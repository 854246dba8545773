import Swarm
import UVLoop

/// One pretended agent's session with the tracker. On the loop only.
final class AgentSession {
    enum State {
        case connecting
        /// Waiting for the tracker's hello.
        case greeting(CheckedContinuation<Void, Never>)
        case open
        case lost
    }

    /// What a ping waits for besides the tracker's attention.
    enum Ping {
        /// It was sent right behind an announcement, which has no reply of its own.
        case announcement
        /// It only shows that the agent is alive.
        case sign
    }

    let number: Int
    let node = NodeID(high: .random(in: .min ... .max), low: .random(in: .min ... .max))
    let connection: TCPConnection
    var state = State.connecting
    var parser = FrameParser()
    /// Joins without a reply, with the time at which they were sent.
    var joins: [Digest: Int64] = [:]
    /// Pings without a reply, the oldest first.
    var pings: [(kind: Ping, sentNanoseconds: Int64)] = []

    init(number: Int, connection: TCPConnection) {
        self.number = number
        self.connection = connection
    }

    /// Greeted, and not about to be lost.
    var isOpen: Bool { if case .open = state { connection.isOpen } else { false } }

    /// Requests without a reply.
    var pending: Int { joins.count + pings.count }
}

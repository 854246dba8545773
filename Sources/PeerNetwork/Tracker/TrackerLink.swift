import Logging
import Swarm
import UVLoop

/// A task that waits for time to pass.
struct Pause {
    let timer: LoopTimer
    let continuation: CheckedContinuation<Void, Never>
}

/// The agent's connection to a tracker. On the agent's loop only.
final class TrackerLink {
    static let pingInterval: Duration = .seconds(15)
    static let deadAfter: Duration = .seconds(45)

    let address: String
    let connection: TCPConnection
    var parser = FrameParser()
    var hasGreeted = false
    /// It answers questions about tags.
    var sharesTags = false
    var lastHeardNanoseconds: Int64
    var pinger: LoopTimer?

    init(address: String, connection: TCPConnection, loop: UVLoop) {
        self.address = address
        self.connection = connection
        self.lastHeardNanoseconds = loop.nowNanoseconds
        pinger = LoopTimer(on: loop, after: Self.pingInterval, every: Self.pingInterval) { [weak self, unowned loop] in
            guard let self else { return }
            if Duration.nanoseconds(loop.nowNanoseconds - lastHeardNanoseconds) > Self.deadAfter {
                connection.abort()
            } else {
                send(.ping)
            }
        }
    }

    func send(_ request: TrackerRequest) {
        do {
            try connection.write(request.encode())
        } catch {
            connection.abort()
        }
    }

    func close() {
        pinger?.cancel()
        connection.close(within: .seconds(1))
    }
}

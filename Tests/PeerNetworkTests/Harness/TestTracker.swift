import UVLoop

@testable import Swarm

/// A tracker without a memory: `TrackerIndex` on a socket.
actor TestTracker {
    private struct Session {
        let connection: TCPConnection
        var parser = FrameParser()
        var hasGreeted = false
    }

    nonisolated let loop: UVLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private var index = TrackerIndex(settings: TrackerSettings(cluster: "default"), seed: 1)
    private var listener: TCPListener?
    private var sessions: [SessionID: Session] = [:]
    private var lastSession: UInt64 = 0
    private var ticker: LoopTimer?

    init(loop: UVLoop) { self.loop = loop }

    /// - Returns: where agents connect.
    func start() throws -> String {
        let listener = try TCPListener(on: loop)
        self.listener = listener
        listener.onConnection = { connection in self.accepted(connection) }
        try listener.bind(host: "127.0.0.1", port: 0)
        try listener.listen()
        ticker = LoopTimer(on: loop, after: .milliseconds(100), every: .milliseconds(100)) { self.perform(self.index.tick(now: self.now)) }
        guard let address = listener.localAddress else { throw TestFailure("the tracker does not listen") }
        return "\(address)"
    }

    func stop() {
        ticker?.cancel()
        listener?.close()
        for session in sessions.values { session.connection.abort() }
    }

    /// Agents that are connected now.
    var nodeCount: Int { index.nodeCount }
    /// (blob, agent) pairs.
    var memberCount: Int { index.memberCount }

    /// Has the blob's lease go on to a member that does not hold it, as if that one were faster.
    func moveLease(of blob: Digest) {
        guard let slot = index.swarmSlots[blob], let swarm = index.swarms[Int(slot)],
            let next = swarm.members.first(where: { $0.node != swarm.lease?.holder })
        else { return }
        index.handOver(slot, to: next.node, reason: "a test wants it", now)
        let actions = index.actions
        index.actions = []
        perform(actions)
    }

    private var now: Instant { Instant(nanoseconds: loop.nowNanoseconds) }

    private func accepted(_ connection: TCPConnection) {
        lastSession += 1
        let id = SessionID(lastSession)
        sessions[id] = Session(connection: connection)
        connection.onRead = { bytes in self.read(bytes, from: id) }
        connection.onClose = { _ in
            self.sessions[id] = nil
            self.perform(self.index.disconnected(id, now: self.now))
        }
        connection.resumeReading()
    }

    private func read(_ bytes: UnsafeRawBufferPointer, from id: SessionID) {
        var position = 0
        do {
            while let element = try sessions[id]?.parser.next(in: bytes, at: &position) {
                guard case .message(let type, let payload) = element, let request = try TrackerRequest.decode(type: type, payload: payload)
                else { throw WireError.unexpected(message: "data to a tracker") }
                try hear(request, from: id)
            }
        } catch {
            sessions[id]?.connection.abort()
        }
    }

    private func hear(_ request: TrackerRequest, from id: SessionID) throws {
        guard sessions[id]?.hasGreeted == false, case .hello(let hello) = request else {
            return perform(try index.handle(request, from: id, now: now))
        }
        sessions[id]?.hasGreeted = true
        let reply = Hello(role: .tracker, node: NodeID(high: 0, low: 0), cluster: "default", zone: "", address: "")
        try sessions[id]?.connection.write(TrackerReply.hello(reply).encode())
        try sessions[id]?.connection.write(TrackerReply.sharesTags.encode())
        perform(index.connected(id, hello, now: now))
    }

    private func perform(_ actions: [TrackerAction]) {
        for action in actions {
            switch action {
            case .send(let id, let reply): try? sessions[id]?.connection.write(reply.encode())
            case .tell(let ids, let reply): for id in ids { try? sessions[id]?.connection.write(reply.encode()) }
            case .close(let id, _): sessions[id]?.connection.close()
            case .wake(let delay): _ = LoopTimer(on: loop, after: delay) { self.perform(self.index.tick(now: self.now)) }
            case .remember, .report: break
            }
        }
    }
}

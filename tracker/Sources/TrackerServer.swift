import Logging
import Operations
import Swarm
import UVLoop

/// Drives `TrackerIndex`, which decides, with sockets and a store, which do.
actor TrackerServer {
    nonisolated let loop: UVLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    static let cluster = "default"
    /// How long a connection may take to say hello.
    static let helloTimeout: Duration = .seconds(10)
    static let tickInterval: Duration = .seconds(1)
    /// Changes are kept in batches: a commit costs a flush of the disk.
    static let keepInterval: Duration = .milliseconds(200)

    private let memory: TrackerMemory
    private let settings: TrackerSettings
    private let logger: Logger
    private var index: TrackerIndex
    private var listener: TCPListener?
    private var sessions: [SessionID: TrackerSession] = [:]
    private var lastSession: UInt64 = 0
    private var ticker: LoopTimer?
    private var keeper: LoopTimer?
    private var pending: [TrackerChange] = []
    private var isKeeping = false

    init(loop: UVLoop, memory: TrackerMemory, originZone: String? = nil, logger: Logger) {
        self.loop = loop
        self.memory = memory
        var settings = TrackerSettings(cluster: Self.cluster)
        settings.originZone = originZone
        self.settings = settings
        index = TrackerIndex(settings: settings, seed: 0)
        self.logger = logger
    }

    /// Takes back what an earlier run knew, then listens.
    ///
    /// - Returns: the address of the agents' socket.
    func start(listen address: HostPort) async throws -> String {
        var generator = SystemRandomNumberGenerator()
        index = TrackerIndex(settings: settings, seed: generator.next())
        let memory = memory
        let known = try await loop.work { try memory.load() }
        index.restore(nodes: known.nodes, swarms: known.swarms, members: known.members, now: now)
        if !known.swarms.isEmpty {
            logger.info("swarms restored", metadata: ["swarms": "\(known.swarms.count)", "nodes": "\(known.nodes.count)"])
        }
        guard let resolved = try await loop.resolve(host: address.host, port: address.port).first else {
            throw ListenError(option: "listen", address: address, code: 0)
        }
        let listener = try TCPListener(on: loop)
        self.listener = listener
        listener.onConnection = { connection in self.accepted(connection) }
        listener.onAcceptError = { [logger] error in logger.warning("a connection was not accepted", metadata: ["error": "\(error)"]) }
        do {
            try listener.bind(to: resolved)
            try listener.listen()
        } catch {
            listener.close()
            throw error
        }
        ticker = LoopTimer(on: loop, after: Self.tickInterval, every: Self.tickInterval) { self.tick() }
        keeper = LoopTimer(on: loop, after: Self.keepInterval, every: Self.keepInterval) { self.keep() }
        return listener.localAddress.map { "\($0)" } ?? address.description
    }

    /// Ends all sessions and keeps what is known.
    func stop() async {
        ticker?.cancel()
        keeper?.cancel()
        listener?.close()
        // First what is known: agents that leave now come back to the next run.
        let batch = takePending()
        let memory = memory
        do {
            try await loop.work { try memory.keep(batch) }
        } catch {
            logger.warning("what the tracker knows could not be kept", metadata: ["error": "\(error)"])
        }
        for session in sessions.values { session.connection.close(within: .seconds(1)) }
    }

    private var now: Instant { Instant(nanoseconds: loop.nowNanoseconds) }

    // MARK: Sessions

    private func accepted(_ connection: TCPConnection) {
        lastSession += 1
        let id = SessionID(lastSession)
        let session = TrackerSession(id: id, connection: connection)
        sessions[id] = session
        connection.onRead = { bytes in self.read(bytes, from: session) }
        connection.onClose = { error in self.closed(session, error) }
        session.patience = LoopTimer(on: loop, after: Self.helloTimeout) { session.connection.abort() }
        connection.resumeReading()
    }

    private func closed(_ session: TrackerSession, _ error: UVError?) {
        session.patience?.cancel()
        guard sessions.removeValue(forKey: session.id) != nil else { return }
        if let error { logger.debug("session broke", metadata: ["session": "\(session.id.rawValue)", "error": "\(error)"]) }
        perform(index.disconnected(session.id, now: now))
    }

    private func read(_ bytes: UnsafeRawBufferPointer, from session: TrackerSession) {
        var position = 0
        do {
            while let element = try session.parser.next(in: bytes, at: &position) {
                guard case .message(let type, let payload) = element else { throw WireError.unexpected(message: "data to a tracker") }
                guard let request = try TrackerRequest.decode(type: type, payload: payload) else { continue }
                try hear(request, from: session)
                guard sessions[session.id] === session, session.connection.isOpen else { return }
            }
        } catch {
            logger.warning(
                "agent broke the protocol",
                metadata: ["address": "\(session.connection.remoteAddress.map { "\($0)" } ?? "unknown")", "error": "\(error)"])
            session.connection.abort()
        }
    }

    private func hear(_ request: TrackerRequest, from session: TrackerSession) throws(WireError) {
        guard !session.hasGreeted, case .hello(let hello) = request else {
            perform(try index.handle(request, from: session.id, now: now))
            return
        }
        session.hasGreeted = true
        session.patience?.cancel()
        let reply = Hello(role: .tracker, node: NodeID(high: 0, low: 0), cluster: Self.cluster, zone: "", address: "")
        send(.hello(reply), to: session.id)
        send(.sharesTags, to: session.id)
        perform(index.connected(session.id, hello, now: now))
    }

    // MARK: Actions

    private func tick() { perform(index.tick(now: now)) }

    private func perform(_ actions: [TrackerAction]) {
        for action in actions {
            switch action {
            case .send(let session, let reply): send(reply, to: session)
            case .tell(let sessions, let reply):
                let frame = reply.encode()
                for session in sessions { send(frame, to: session) }
            case .close(let session, let reason):
                logger.info("closing session", metadata: ["session": "\(session.rawValue)", "reason": "\(reason)"])
                sessions[session]?.connection.close(within: .seconds(1))
            case .wake(let delay): _ = LoopTimer(on: loop, after: delay) { self.tick() }
            case .remember(let change): pending.append(change)
            case .report(let report): log(report)
            }
        }
    }

    private func send(_ reply: TrackerReply, to session: SessionID) { send(reply.encode(), to: session) }

    private func send(_ frame: [UInt8], to session: SessionID) {
        guard let connection = sessions[session]?.connection else { return }
        do {
            try connection.write(frame)
        } catch {
            // An agent that lets its queue overflow is as good as gone.
            connection.abort()
        }
    }

    private func log(_ report: TrackerReport) {
        switch report {
        case .joined(let node, let address): logger.info("agent connected", metadata: ["node": "\(node)", "address": "\(address)"])
        case .left(let node): logger.info("agent gone", metadata: ["node": "\(node)"])
        case .leased(let digest, let node, let prefix):
            logger.debug("lease given", metadata: ["digest": "\(digest)", "node": "\(node)", "prefix": "\(prefix)"])
        case .leaseLost(let digest, let node, let reason):
            logger.notice("lease lost", metadata: ["digest": "\(digest)", "node": "\(node)", "reason": "\(reason)"])
        case .paused(let server, let duration):
            logger.notice(
                "a registry limits the rate of requests: all agents are told", metadata: ["server": "\(server)", "for": "\(duration)"])
        case .unavailable(let digest, let reason):
            logger.warning("nobody can fetch", metadata: ["digest": "\(digest)", "reason": "\(reason)"])
        }
    }

    // MARK: Memory

    private func keep() {
        guard !pending.isEmpty, !isKeeping else { return }
        isKeeping = true
        let batch = takePending()
        let memory = memory
        loop.work({ try memory.keep(batch) }) { result in
            self.isKeeping = false
            if case .failure(let error) = result {
                self.logger.error("what the tracker knows could not be kept", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Changes since the last batch, with the swarms' records as they are now.
    private func takePending() -> [TrackerMemory.Entry] {
        defer { pending = [] }
        var seen: Set<Digest> = []
        return pending.compactMap { change in
            guard case .swarm(let digest) = change else { return .change(change) }
            guard seen.insert(digest).inserted, let record = index.record(of: digest) else { return nil }
            return .record(record)
        }
    }

    // MARK: Overview

    /// The index as it is, for whoever looks.
    func overview<Result: Sendable>(_ read: @Sendable (TrackerIndex) throws -> Result) rethrows -> Result { try read(index) }
}

/// One agent's connection. On the tracker's loop only.
final class TrackerSession {
    let id: SessionID
    let connection: TCPConnection
    var parser = FrameParser()
    var hasGreeted = false
    /// Ends a connection that does not say hello.
    var patience: LoopTimer?

    init(id: SessionID, connection: TCPConnection) {
        self.id = id
        self.connection = connection
    }
}

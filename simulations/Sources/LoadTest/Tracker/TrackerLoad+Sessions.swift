import Swarm
import UVLoop

/// Opening sessions, losing them, and ending them.
extension TrackerLoad {
    /// The cluster of trackers and agents unless they are told otherwise.
    private static let cluster = "default"
    /// Sessions that are being opened at a time; fewer than any queue of a listening socket holds.
    private static let openingAtATime = 64
    /// For connecting, and again for the tracker's hello.
    private static let openingTimeout: Duration = .seconds(5)

    func openOthers(at address: SocketAddress) async {
        await withDiscardingTaskGroup { group in
            for _ in 0..<Self.openingAtATime {
                group.addTask { await self.openInTurn(at: address) }
            }
        }
    }

    private func openInTurn(at address: SocketAddress) async {
        while !Task.isCancelled, begunSessions < settings.agents {
            begunSessions += 1
            await open(begunSessions - 1, at: address)
        }
    }

    /// Opens one session; returns when it is open, or will not be.
    func open(_ number: Int, at address: SocketAddress) async {
        let begin = now
        do throws(UVError) {
            let connection = try await TCPConnection.connect(on: loop, to: address, timeout: Self.openingTimeout)
            openConnections += 1
            let session = AgentSession(number: number, connection: connection)
            sessions.append(session)
            connection.onRead = { bytes in self.read(bytes, of: session) }
            connection.onClose = { error in self.closed(session, error) }
            connection.resumeReading()
            await greet(session)
            if session.isOpen {
                tally.hello.add(nanoseconds: now - begin)
                tally.agents += 1
            }
        } catch {
            failed("could not connect", "\(error)")
        }
    }

    private func greet(_ session: AgentSession) async {
        let patience = LoopTimer(on: loop, after: Self.openingTimeout) {
            self.lose(session, "no hello", "it says nothing for \(Self.openingTimeout); it may have no open files left, or be no tracker")
        }
        await withCheckedContinuation {
            session.state = .greeting($0)
            // Pretended agents are in no zone, and nobody can reach them.
            send(.hello(Hello(role: .agent, node: session.node, cluster: Self.cluster, zone: "", address: "127.0.0.1:1")), session)
        }
        patience.cancel()
    }

    func greeted(_ session: AgentSession, by hello: Hello) throws(WireError) {
        try hello.check(role: .tracker, cluster: Self.cluster)
        guard case .greeting(let waiter) = session.state else { throw .unexpected(message: "a second hello") }
        session.state = .open
        waiter.resume()
    }

    private func closed(_ session: AgentSession, _ error: UVError?) {
        openConnections -= 1
        if !isEnding { forget(session, "session lost", error.map { "\($0)" } ?? "it closed the connection") }
        if openConnections == 0 { proceed() }
    }

    /// Gives a session up.
    func lose(_ session: AgentSession, _ kind: String, _ example: String) {
        forget(session, kind, example)
        session.connection.abort()
    }

    private func forget(_ session: AgentSession, _ kind: String, _ example: String) {
        let before = session.state
        if case .lost = before { return }
        session.state = .lost
        pending -= session.pending
        session.joins = [:]
        session.pings = []
        failed(kind, example)
        if case .greeting(let waiter) = before { waiter.resume() }
    }

    private func failed(_ kind: String, _ example: String) {
        if firstFailure == nil { firstFailure = example }
        tally.errors.add(kind, example: example)
    }

    /// Ends all sessions in order, so that the tracker reads what was sent.
    func endSessions() async {
        isEnding = true
        for session in sessions { session.connection.close(within: .seconds(1)) }
        while openConnections > 0 { await wait() }
    }
}

import Logging
import Swarm
import UVLoop

/// Finding a tracker, and hearing it.
extension SwarmAgent {
    /// Tries the trackers in turn, for ever, with pauses that grow to a few seconds.
    func connectToTracker() {
        guard !settings.trackers.isEmpty else { return }
        feed(.trackerConnecting)
        Task {
            var attempt = 0
            while !isStopping, tracker == nil {
                let address = settings.trackers[attempt % settings.trackers.count]
                do {
                    try await connect(toTracker: address)
                    return
                } catch {
                    if attempt == 0 {
                        logger.warning("tracker not reached, going on without", metadata: ["tracker": "\(address)", "error": "\(error)"])
                    }
                    feed(.trackerLost)
                }
                attempt += 1
                await pause(.milliseconds(min(5000, 200 << min(attempt, 5))))
            }
        }
    }

    private func connect(toTracker text: String) async throws {
        guard let (host, port) = SocketAddress.split(text), let address = try await loop.resolve(host: host, port: port).first else {
            throw AgentError.address(text)
        }
        let connection = try await TCPConnection.connect(on: loop, to: address, timeout: .seconds(3))
        guard !isStopping, tracker == nil else { return connection.abort() }
        let link = TrackerLink(address: text, connection: connection, loop: loop)
        tracker = link
        connection.onRead = { bytes in self.read(bytes, fromTracker: link) }
        connection.onClose = { error in self.trackerClosed(link, error) }
        connection.resumeReading()
        logger.info("tracker connected", metadata: ["tracker": "\(text)"])
        feed(.trackerConnected)
    }

    private func trackerClosed(_ link: TrackerLink, _ error: UVError?) {
        link.pinger?.cancel()
        guard tracker === link else { return }
        tracker = nil
        endTagQuestions()
        feed(.trackerLost)
        guard !isStopping else { return }
        logger.warning(
            "tracker lost", metadata: ["tracker": "\(link.address)", "error": "\(error.map { "\($0)" } ?? "it closed the connection")"])
        Task {
            // Not at once: thousands of agents lose a tracker at the same moment.
            await pause(.milliseconds(Int64.random(in: 50...500)))
            if tracker == nil, !isStopping { connectToTracker() }
        }
    }

    private func read(_ bytes: UnsafeRawBufferPointer, fromTracker link: TrackerLink) {
        link.lastHeardNanoseconds = loop.nowNanoseconds
        var index = 0
        do {
            while let element = try link.parser.next(in: bytes, at: &index) {
                guard case .message(let type, let payload) = element else { throw WireError.unexpected(message: "data from a tracker") }
                guard let reply = try TrackerReply.decode(type: type, payload: payload) else { continue }
                try hear(reply, from: link)
                guard tracker === link else { return }
            }
        } catch {
            logger.warning("tracker broke the protocol", metadata: ["tracker": "\(link.address)", "error": "\(error)"])
            link.connection.abort()
        }
    }

    private func hear(_ reply: TrackerReply, from link: TrackerLink) throws(WireError) {
        if case .hello(let hello) = reply {
            try hello.check(role: .tracker, cluster: settings.cluster)
            link.hasGreeted = true
            return
        }
        guard link.hasGreeted else { throw .unexpected(message: "a message before hello") }
        switch reply {
        case .sharesTags: link.sharesTags = true
        case .meaning(let name, let meaning, let age): answer(name, .meaning(meaning, age: age))
        case .askOrigin(let name): askOrigin(name)
        case .pause(let server, let duration): pauseShared(server, duration)
        default: feed(.tracker(reply))
        }
    }

    /// Waits, but not beyond the agent's end.
    func pause(_ duration: Duration) async {
        guard !isStopping else { return }
        lastPause += 1
        let id = lastPause
        await withCheckedContinuation { continuation in
            pauses[id] = Pause(timer: LoopTimer(on: loop, after: duration) { self.endPause(id) }, continuation: continuation)
        }
    }

    func endPause(_ id: UInt64) {
        guard let pause = pauses.removeValue(forKey: id) else { return }
        pause.timer.cancel()
        pause.continuation.resume()
    }

    public var isTrackerConnected: Bool { tracker != nil }
}

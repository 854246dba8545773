import Swarm
import Testing

/// Sessions with the tracker.
extension Cluster {
    func connectToTracker(_ node: SimulatedNode) {
        after(randomLatency()) { [unowned self] in
            guard node.isAlive else { return }
            guard tracker != nil else {
                give(.trackerLost, to: node)
                after(.seconds(2)) { [unowned self] in
                    give(.trackerConnecting, to: node)
                    connectToTracker(node)
                }
                return
            }
            let session = SessionID(nextSession)
            nextSession += 1
            sessions[session] = node
            node.session = session
            give(.trackerConnected, to: node)
        }
    }

    func tell(_ request: TrackerRequest, from node: SimulatedNode) {
        guard let session = node.session else { return }
        let epoch = trackerEpoch
        let frame = request.encode()
        // All take the same time, so that a session's messages stay in order.
        after(.nanoseconds(latency.upperBound)) { [unowned self] in
            guard epoch == trackerEpoch, sessions[session] != nil else { return }
            do {
                guard case .message(let type, let payload)? = try parse(frame) else { return }
                let decoded = try TrackerRequest.decode(type: type, payload: payload)
                if decoded != request { problems.append("\(request) does not survive the wire") }
                try handle(request, from: session)
            } catch {
                problems.append("the tracker refuses \(request): \(error)")
                endSession(session)
            }
        }
    }

    private func handle(_ request: TrackerRequest, from session: SessionID) throws(WireError) {
        if case .hello(let hello) = request {
            perform(tracker?.connected(session, hello, now: now) ?? [])
        } else {
            perform(try tracker?.handle(request, from: session, now: now) ?? [])
        }
    }

    private func perform(_ actions: [TrackerAction]) {
        for action in actions {
            record("tracker: \(action)")
            switch action {
            case .send(let session, let reply): answer(reply, to: session)
            case .tell(let sessions, let reply): for session in sessions { answer(reply, to: session) }
            case .close(let session, _): endSession(session)
            case .wake(let delay):
                let epoch = trackerEpoch
                after(delay) { [unowned self] in if epoch == trackerEpoch { perform(tracker?.tick(now: now) ?? []) } }
            case .remember: break
            case .report(let report): trackerReports.append(report)
            }
        }
    }

    private func answer(_ reply: TrackerReply, to session: SessionID) {
        guard let node = sessions[session] else { return }
        let frame = reply.encode()
        after(.nanoseconds(latency.upperBound)) { [unowned self] in
            guard node.session == session else { return }
            do {
                guard case .message(let type, let payload)? = try parse(frame),
                    let decoded = try TrackerReply.decode(type: type, payload: payload)
                else { return }
                if decoded != reply { problems.append("\(reply) does not survive the wire") }
                give(.tracker(decoded), to: node)
            } catch {
                problems.append("node \(node.index) cannot read \(reply): \(error)")
            }
        }
    }

    private func endSession(_ session: SessionID) {
        guard let node = sessions.removeValue(forKey: session) else { return }
        perform(tracker?.disconnected(session, now: now) ?? [])
        after(randomLatency()) { [unowned self] in
            guard node.session == session else { return }
            node.session = nil
            give(.trackerLost, to: node)
            give(.trackerConnecting, to: node)
            connectToTracker(node)
        }
    }

    /// The node's end of its session breaks.
    func leaveTracker(_ node: SimulatedNode) {
        guard let session = node.session else { return }
        node.session = nil
        after(randomLatency()) { [unowned self] in
            guard sessions.removeValue(forKey: session) != nil else { return }
            perform(tracker?.disconnected(session, now: now) ?? [])
        }
    }

    func startTrackerTicks() {
        let epoch = trackerEpoch
        after(.milliseconds(500)) { [unowned self] in
            guard epoch == trackerEpoch, tracker != nil else { return }
            perform(tracker?.tick(now: now) ?? [])
            startTrackerTicks()
        }
    }

    func stopTracker() {
        trackerEpoch += 1
        tracker = nil
        for session in sessions.keys.sorted(by: { $0.rawValue < $1.rawValue }) { endSession(session) }
    }

    /// A new tracker that remembers nothing.
    func startTracker() {
        tracker = TrackerIndex(settings: trackerSettings, seed: random.next())
        startTrackerTicks()
    }

    /// The tracker's side drops all sessions; it goes on, and the agents come back.
    func breakTrackerSessions() {
        for session in sessions.keys.sorted(by: { $0.rawValue < $1.rawValue }) { endSession(session) }
    }
}

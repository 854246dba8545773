import Swarm

/// Sessions with the tracker, and the tracker's own processor.
extension World {
    func startTracker() {
        trackerEpoch += 1
        var settings = scenario.tracker.settings
        settings.cluster = scenario.agent.cluster
        settings.handout = scenario.agent.transfer.neighbours
        tracker = TrackerIndex(settings: settings, seed: strand.random.next())
        trackerFreeAt = queue.now
        after(Self.trackerInterval, .trackerTicks(epoch: trackerEpoch))
    }

    func stopTracker() {
        trackerEpoch += 1
        tracker = nil
        for session in sessions.keys.sorted(by: { $0.rawValue < $1.rawValue }) { drop(session) }
    }

    private static let trackerInterval = Duration.milliseconds(500)

    func trackerTicks(_ epoch: Int) {
        guard epoch == trackerEpoch, tracker != nil else { return }
        perform(tracker?.tick(now: now) ?? [])
        after(Self.trackerInterval, .trackerTicks(epoch: epoch))
    }

    // MARK: Sessions

    func dialTracker(_ node: Int) {
        schedule(at: trackerArrival(node), .dialsTracker(node: node, epoch: nodes[node].epoch))
    }

    /// When what goes between the node and the tracker now is there. The same way for all messages, so that a session's stay in order.
    func trackerArrival(_ node: Int) -> Int64 {
        let beyond = trackerZone.map { $0 == nodes[node].zone ? 0 : zones[$0].latency + zones[nodes[node].zone].latency } ?? 0
        return throughAt(nodes[node].zone, trackerZone) + latency + jitter + beyond
    }

    func dialsTracker(_ index: Int, _ epoch: Int) {
        guard nodes[index].epoch == epoch else { return }
        guard tracker != nil, !isCut(nodes[index].zone, trackerZone) else {
            give(.trackerLost, to: index)
            give(.trackerConnecting, to: index)
            after(.seconds(2), .dialsTracker(node: index, epoch: epoch))
            return
        }
        lastSession += 1
        let session = SessionID(lastSession)
        sessions[session] = index
        nodes[index].session = session
        give(.trackerConnected, to: index)
    }

    func reachesTracker(_ session: SessionID, _ request: TrackerRequest, _ epoch: Int) {
        guard epoch == trackerEpoch else { return }
        trackerFreeAt = max(queue.now, trackerFreeAt) + scenario.tracker.messageCost.inNanoseconds
        schedule(at: trackerFreeAt, .handledByTracker(session, request, epoch: epoch))
    }

    func handledByTracker(_ session: SessionID, _ request: TrackerRequest, _ epoch: Int) {
        guard epoch == trackerEpoch, sessions[session] != nil else { return }
        do throws(WireError) {
            if case .hello(let hello) = request {
                perform(tracker?.connected(session, hello, now: now) ?? [])
            } else {
                perform(try tracker?.handle(request, from: session, now: now) ?? [])
            }
        } catch {
            sessionEnds(session)
        }
    }

    func perform(_ actions: [TrackerAction]) {
        for action in actions {
            switch action {
            case .send(let session, let reply): send(TrackerLetter(reply), to: session)
            case .tell(let sessions, let reply):
                let letter = TrackerLetter(reply)
                for session in sessions { send(letter, to: session) }
            case .close(let session, _): sessionEnds(session)
            case .wake(let delay): after(delay, .trackerWakes(epoch: trackerEpoch))
            case .remember, .report: break
            }
        }
    }

    private func send(_ letter: TrackerLetter, to session: SessionID) {
        guard let node = sessions[session] else { return }
        schedule(at: trackerArrival(node), .fromTracker(session, letter, node: node, epoch: nodes[node].epoch), at: node)
    }

    /// The tracker's end of a session is closed.
    func sessionEnds(_ session: SessionID) {
        guard sessions[session] != nil else { return }
        perform(tracker?.disconnected(session, now: now) ?? [])
        drop(session)
    }

    private func drop(_ session: SessionID) {
        guard let node = sessions.removeValue(forKey: session) else { return }
        schedule(at: trackerArrival(node), .sessionLost(session, node: node, epoch: nodes[node].epoch))
    }

    func sessionLost(_ session: SessionID, _ index: Int, _ epoch: Int) {
        guard nodes[index].epoch == epoch, nodes[index].session == session else { return }
        nodes[index].session = nil
        give(.trackerLost, to: index)
        give(.trackerConnecting, to: index)
        dialTracker(index)
    }

    /// The node is gone; the tracker sees its connection break.
    func leaveTracker(_ node: Int) {
        guard let session = nodes[node].session else { return }
        nodes[node].session = nil
        schedule(at: trackerArrival(node), .sessionEnds(session))
    }
}

/// What the cluster shares about registries beside blobs: what tags mean, and who is to be left alone.
extension TrackerIndex {
    /// - Returns: false for a request about something else.
    mutating func shared(_ request: TrackerRequest, from session: SessionID, now: Instant) -> Bool {
        switch request {
        case .askTag(let name, let maxAge): send(tags.ask(name, notOlderThan: maxAge, from: session, now: now))
        case .tellTag(let name, let meaning): send(tags.tell(name, meaning, from: session, now: now))
        case .pause(let server, let duration): pause(server, for: duration, from: session, now)
        default: return false
        }
        return true
    }

    mutating func send(_ replies: [TagBoard.Reply]) {
        actions += replies.map { .send($0.session, $0.reply) }
    }

    /// Tells an agent that has just come what the others know.
    mutating func tellPauses(to session: SessionID, _ now: Instant) {
        for pause in pauses.pauses(at: now) { actions.append(.send(session, .pause(server: pause.server, pause.duration))) }
    }

    /// Tags that are known.
    public var tagCount: Int { tags.count }

    private mutating func pause(_ server: String, for duration: Duration, from session: SessionID, _ now: Instant) {
        guard let news = pauses.pause(server, for: duration, now: now) else { return }
        actions.append(.report(.paused(server: server, news)))
        // In slot order, so that the same events give the same actions.
        let others = nodes.compactMap { node in node?.session.flatMap { $0 == session ? nil : $0 } }
        tell(others, .pause(server: server, news))
    }
}

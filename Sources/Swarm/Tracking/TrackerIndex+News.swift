/// Passing on what lease holders vouch for. A holder vouches up to a hundred times a second, and a large swarm is not told each time: with ten
/// thousand members that would be up to a million messages a second, beside which a tracker could do nothing else.
extension TrackerIndex {
    /// Everybody who downloads hears the news, now or at the swarm's next turn; of the last ones now.
    mutating func passOn(_ news: StateList, of slot: Int32, _ now: Instant) {
        guard let swarm = swarms[Int(slot)] else { return }
        swarms[Int(slot)]?.untoldFrom = min(news.first, swarm.untoldFrom ?? news.first)
        let pieces = swarm.size.flatMap { PieceLayout(blobSize: $0)?.pieceCount } ?? 0
        if swarm.states.end >= pieces { tellNews(of: slot) } else { takeTurn(of: slot, now) }
    }

    /// Tells what was not told yet, if it is time for that.
    mutating func takeTurn(of slot: Int32, _ now: Instant) {
        guard let swarm = swarms[Int(slot)], swarm.untoldFrom != nil else { return }
        let count = swarm.members.count
        let turn = count > settings.largeSwarm ? min(settings.turnPerMember * count, settings.longestTurn) : .zero
        guard now - swarm.toldAt >= turn else { return }
        swarms[Int(slot)]?.toldAt = now
        tellNews(of: slot)
    }

    /// Tells what was not told yet.
    mutating func tellNews(of slot: Int32) {
        guard let swarm = swarms[Int(slot)], let size = swarm.size, let first = swarm.untoldFrom else { return }
        swarms[Int(slot)]?.untoldFrom = nil
        var sessions: [SessionID] = []
        for member in swarm.members where member.node != swarm.lease?.holder && !member.isSeed {
            if let session = Self.session(of: &nodes[Int(member.node)]) { sessions.append(session) }
        }
        let news = states(swarm, size, from: first)
        for reply in news { tell(sessions, reply) }
        // A sign of the holder's life.
        if news.isEmpty { tell(sessions, .states(digest: swarm.digest, size: size, first: UInt32(first), states: [])) }
    }

    /// Says the same to all of these, if there are any.
    mutating func tell(_ sessions: [SessionID], _ reply: TrackerReply) {
        if !sessions.isEmpty { actions.append(.tell(sessions, reply)) }
    }

    /// Asked where the node lies, of which a copy would be made else.
    private static func session(of node: inout Node?) -> SessionID? { node?.session }
}

/// Taking a lease from a holder that nobody else gets anything from.
///
/// It brings the blob and vouches for it, so that it looks well: but what it sends is wrong, or it sends nothing. Its peers ban it, and have nobody
/// else to turn to.
extension TrackerIndex {
    /// So many others must wait: fewer may all have links of their own that are slow, or be cut off.
    private static let fewestWaiting = 4
    /// How often a blob's lease moves for this.
    private static let mostMoves = 3
    /// What a holder with a slow link is given time for: it sends this many pieces at once, and more of them waits in queues.
    private static let piecesUnderWay = 8

    /// The holder has vouched for more than anybody else has.
    mutating func noteOffer(_ slot: Int32, _ now: Instant) {
        guard let swarm = swarms[Int(slot)], let lease = swarm.lease, lease.unservedSince == nil, swarm.states.end - 1 > lease.mostElsewhere
        else { return }
        swarms[Int(slot)]?.lease?.unservedSince = now
    }

    /// A member has more pieces than before.
    mutating func noteGain(_ slot: Int32, _ node: Int32, pieces: Int, _ now: Instant) {
        guard let swarm = swarms[Int(slot)], let lease = swarm.lease, lease.holder != node else { return }
        let most = max(lease.mostElsewhere, pieces)
        swarms[Int(slot)]?.lease?.mostElsewhere = most
        swarms[Int(slot)]?.lease?.unservedSince = swarm.states.end - 1 > most ? now : nil
    }

    /// Has another member go on if nobody has got anything for as long as a holder may be silent, and the time that it takes to send a few pieces.
    mutating func judgeService(_ slot: Int32, _ now: Instant) {
        guard let swarm = swarms[Int(slot)], let lease = swarm.lease, let unservedSince = lease.unservedSince, swarm.seeds == 0,
            swarm.uselessHolders < Self.mostMoves, let layout = swarm.size.flatMap({ PieceLayout(blobSize: $0) }),
            let rate = lease.pace?.most(swarm.states.end - 1, trial: settings.leaseTrial, now: now),
            now - unservedSince > settings.leaseTimeout + sending(layout.pieceLength, at: rate)
        else { return }
        let waiting = swarm.members.count { $0.node != lease.holder && nodes[Int($0.node)]?.session != nil }
        guard waiting >= Self.fewestWaiting else { return }
        swarms[Int(slot)]?.uselessHolders += 1
        // Nor is it to be the first to get another.
        nodes[Int(lease.holder)]?.slowUntil = now + settings.rateMemory
        moveLease(slot, reason: "nobody else has got anything of the blob for \(now - unservedSince)", now)
    }

    /// How long a few pieces take. Bounded: a holder that fetches what others vouched for before brings no news by which it could be measured.
    private func sending(_ pieceLength: Int, at rate: Int) -> Duration {
        min(.seconds(Double(Self.piecesUnderWay * pieceLength) / Double(max(rate, 1))), settings.leaseTimeout * 2)
    }
}

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
        guard let swarm = swarms[Int(slot)], let lease = swarm.lease, lease.aheadSince == nil, swarm.states.end - 1 > lease.mostElsewhere
        else { return }
        swarms[Int(slot)]?.lease?.aheadSince = now
    }

    /// A member has told how many pieces it has.
    mutating func noteGain(_ slot: Int32, _ node: Int32, pieces: Int, _ now: Instant) {
        guard let swarm = swarms[Int(slot)], let lease = swarm.lease, lease.holder != node, pieces > lease.mostElsewhere else { return }
        swarms[Int(slot)]?.lease?.mostElsewhere = pieces
        swarms[Int(slot)]?.lease?.aheadSince = swarm.states.end - 1 > pieces ? now : nil
    }

    /// Has another member go on if the holder has been ahead of all others for longer than it takes to send a few pieces.
    mutating func judgeService(_ slot: Int32, _ now: Instant) {
        guard let swarm = swarms[Int(slot)], let lease = swarm.lease, let aheadSince = lease.aheadSince, swarm.seeds == 0,
            swarm.uselessHolders < Self.mostMoves, let layout = swarm.size.flatMap({ PieceLayout(blobSize: $0) }),
            let rate = lease.pace?.most(swarm.states.end - 1, trial: settings.leaseTrial, now: now),
            now - aheadSince > settings.servicePatience + .seconds(Double(Self.piecesUnderWay * layout.pieceLength) / Double(max(rate, 1)))
        else { return }
        let waiting = swarm.members.count { $0.node != lease.holder && nodes[Int($0.node)]?.session != nil }
        guard waiting >= Self.fewestWaiting else { return }
        swarms[Int(slot)]?.uselessHolders += 1
        // Nor is it to be the first to get another.
        nodes[Int(lease.holder)]?.slowUntil = now + settings.rateMemory
        moveLease(slot, reason: "nobody else has got anything of it for \(now - aheadSince)", now)
    }
}

import BasicContainers

/// A lease that goes from one node to another which is faster, without fetching anything twice.
extension BlobTransfer {
    // MARK: The node that had it

    /// The lease is to go on: what the origin was asked for may come first.
    mutating func handsOver(now: Instant, actions: inout [TransferAction]) {
        guard mandate == .lease, handOverDeadline == nil else { return }
        handOverDeadline = now + policy.handOverPatience
        guard run != nil else { return handedOver(now: now, actions: &actions) }
        actions.append(.drainOrigin)
    }

    /// Nothing more comes from the origin: others may go on from here.
    mutating func handedOver(now: Instant, actions: inout [TransferAction]) {
        guard handOverDeadline != nil else { return }
        handOverDeadline = nil
        guard mandate == .lease else { return }
        stopOrigin(actions: &actions)
        vouchNews(now: now, always: true, actions: &actions)
        mandate = .none
        lastProgressAt = now
        actions.append(.passLeaseOn)
    }

    // MARK: The node that gets it

    /// Goes on where the earlier holder stopped. That one has what it vouched for, told everybody of only a part of it, and its word that it has
    /// the rest may wait behind the pieces that it sends.
    mutating func follow(_ earlier: NodeID?, now: Instant) {
        predecessor = nil
        guard let earlier, let chain, chain.vouchedStatesEnd > 1 else { return }
        predecessor = Predecessor(node: earlier, end: chain.vouchedStatesEnd - 1, deadline: now + policy.predecessorPatience)
        // One that has not said what it has yet does so soon.
        let known = sources.values.indices.first { sources.values[$0].node == earlier && holders.isOffering($0) }
        if let known { meetPredecessor(sources.keys[known]) }
    }

    /// The peer told what it has: if it held the lease before, it has more.
    mutating func meetPredecessor(_ connection: ConnectionID) {
        guard let known = predecessor, let index = sources.index(forKey: connection), sources.values[index].node == known.node else {
            return
        }
        predecessor = nil
        gained(connection, pieces: PieceList(0..<UInt32(known.end)))
    }

    /// What is lost with the earlier holder comes from the origin again, before the rest.
    mutating func missPredecessor(now: Instant, actions: inout [TransferAction]) {
        guard let known = predecessor, now >= known.deadline else { return }
        predecessor = nil
        guard mandate == .lease, let first = firstPieceForOrigin(now: now), first < known.end else { return }
        stopOrigin(actions: &actions)
    }
}

import OrderedCollections

/// Who is believed, and who is not any more.
extension BlobTransfer {
    /// Who is to blame for a piece that does not link? If both its states are proven, or claimed by the sender itself, the sender. Else the
    /// sender or the list, and another peer's copy tells: if it links, it was the sender; if it does not either, the list.
    mutating func failed(
        _ piece: Int, _ connection: ConnectionID, _ node: NodeID, trust: DigestChain.Trust, now: Instant, actions: inout [TransferAction]
    ) {
        if chain?.incriminates(node, by: piece) == true || isSuspect(node, of: piece) {
            blame(Suspect(connection: connection, node: node), for: piece, actions: &actions)
            return
        }
        suspects[piece, default: []].append(Suspect(connection: connection, node: node))
        let until = now + policy.penalty
        sources.inPlace(connection) { $0.penalisedUntil = until }
        guard suspects[piece, default: []].count >= 2 else { return }
        if trust == .claimed {
            let liars = dropClaims(actions: &actions)
            blame(claimants: liars, reason: "two peers' copies of piece \(piece) do not fit the states that it claimed", actions: &actions)
        } else if !arbitrate(piece, actions: &actions) {
            distrustLists(reason: "two peers' copies of piece \(piece) do not fit the state list", actions: &actions)
        }
    }

    private mutating func blame(_ suspect: Suspect, for piece: Int, actions: inout [TransferAction]) {
        lose(suspect.connection, actions: &actions)
        // Its claims go with it; honest peers are asked for theirs again.
        if chain?.hasClaims(by: suspect.node) == true { _ = dropClaims(actions: &actions) }
        actions.append(.blame(suspect.connection, suspect.node, reason: "piece \(piece) does not link"))
    }

    /// Has the origin's copy of the piece tell: if it links, it was the peers, else the list. One piece from there instead of all of them.
    ///
    /// - Returns: false where it has told about this piece, or tried to, already.
    private mutating func arbitrate(_ piece: Int, actions: inout [TransferAction]) -> Bool {
        guard arbitrated != piece, let chain, piece == 0 || chain.states[piece] != nil else { return false }
        // What comes from there now may be this piece, or tell of the same peers; and a third peer can be asked meanwhile.
        guard run == nil else { return true }
        arbitrated = piece
        run = OriginRun(cursor: piece, end: piece + 1)
        actions.append(.fetchOrigin(OriginOrder(firstPiece: piece, endPiece: piece + 1, start: chain.states[piece])))
        return true
    }

    /// The piece is here, and it is believed: whoever sent another one did so from malice or from a broken disk.
    mutating func blameSuspects(of piece: Int, actions: inout [TransferAction]) {
        for suspect in suspects.removeValue(forKey: piece) ?? [] { blame(suspect, for: piece, actions: &actions) }
    }

    /// - Returns: who claimed what is forgotten now.
    private mutating func dropClaims(actions: inout [TransferAction]) -> [NodeID] {
        guard let dropped = chain?.dropClaims() else { return [] }
        forget(from: dropped.from - 1, actions: &actions)
        return dropped.claimants
    }

    /// Peers that claimed states which turned out wrong.
    mutating func blame(claimants: [NodeID], reason: String, actions: inout [TransferAction]) {
        for connection in sources.keys {
            guard let node = sources.inPlace(connection, { $0.node }), claimants.contains(node) else { continue }
            lose(connection, actions: &actions)
            actions.append(.blame(connection, node, reason: reason))
        }
    }

    /// From now on only the origin and the digest are believed.
    mutating func distrustLists(reason: String, actions: inout [TransferAction]) {
        restart(reason: reason, actions: &actions)
        distrustsLists = true
        originAttempts = 0
        guard policy.asksOrigin else { return failOffline(actions: &actions) }
        if mandate == .none { mandate = .alone }
    }

    /// Two vouched lists contradict each other. The first time the tracker is asked for all that it knows now: an earlier lease holder may
    /// have had a bad origin. The second time only the origin and the digest are believed.
    mutating func rethink(actions: inout [TransferAction]) {
        let reason = "two vouched state lists contradict each other"
        guard restarts == 0, mandate == .none, outlook == .connected else {
            distrustLists(reason: reason, actions: &actions)
            return
        }
        restart(reason: reason, actions: &actions)
        actions.append(.join(isAlone: false))
    }
}

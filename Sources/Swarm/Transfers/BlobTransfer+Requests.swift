import OrderedCollections

extension BlobTransfer {
    /// Asks peers for as much as their depth and the node's budget allow.
    ///
    /// - Parameter budget: bytes that the node may still have in flight; reduced by what is asked for.
    mutating func schedule(now: Instant, budget: inout Int, random: inout SeededGenerator, actions: inout [TransferAction]) {
        guard let chain, !isWhole, !distrustsLists else { return }
        let layout = chain.layout
        var wanted = wantedPieces(chain)
        let mayHedge = now - hedgedAt >= policy.hedgeAfter / 10
        if mayHedge { hedgedAt = now }
        guard mayHedge || !wanted.isEmpty else { return }
        let positions = readers.values.map { max(0, min($0, layout.pieceCount)) }
        var isBusy = true
        // Round robin, one piece a peer and turn, so that the first peer does not take everything.
        while isBusy {
            isBusy = false
            for connection in sources.keys {
                guard let source = sources[connection], let offered = source.pieces, now >= source.penalisedUntil,
                    source.outstanding < max(policy.requestDepthBytes, 2 * layout.pieceLength),
                    budget > 0 || layout.pieceCount == 1
                else { continue }
                var pick =
                    wanted.isEmpty
                    ? nil
                    : picker.pick(from: offered, wanted: wanted, positions: positions, using: &random) { piece in
                        suspects.isEmpty || !isSuspect(source.node, of: piece)
                    }
                if pick == nil, mayHedge, source.outstanding == 0 { pick = stalledPiece(besides: connection, now: now) }
                guard let piece = pick else { continue }
                wanted.remove(piece)
                ask(connection, for: piece, now: now, actions: &actions)
                budget -= layout.length(of: piece)
                isBusy = true
            }
        }
    }

    /// Pieces that may be asked for now: linkable, and neither had, on their way, nor about to come from the origin.
    private func wantedPieces(_ chain: DigestChain) -> PieceSet {
        var wanted = PieceSet(completeWith: have.pieceCount)
        wanted.subtract(have)
        wanted.subtract(checking)
        for piece in fetches.keys { wanted.remove(piece) }
        if let run { wanted.remove(run.cursor..<(run.end ?? have.pieceCount)) }
        if chain.knownEnd < have.pieceCount { wanted.remove(chain.knownEnd - 1..<have.pieceCount) }
        return wanted
    }

    /// A piece that another peer was asked for and does not bring, or not soon: this peer, which has nothing else to do, may be quicker.
    private func stalledPiece(besides connection: ConnectionID, now: Instant) -> Int? {
        guard let source = sources[connection] else { return nil }
        return fetches.first { piece, attempts in
            guard attempts.count == 1, let attempt = attempts.first, attempt.connection != connection,
                source.pieces?.contains(piece) == true, !isSuspect(source.node, of: piece)
            else { return false }
            return isSlow(attempt, now: now) || now - lastSign(of: attempt) > policy.hedgeAfter
        }?.key
    }

    func isSlow(_ fetch: Fetch, now: Instant) -> Bool { now - fetch.askedAt > policy.slowAfter }

    /// A peer answers requests in their order, so that any byte of it counts for all that wait.
    private func lastSign(of fetch: Fetch) -> Instant {
        max(fetch.askedAt, fetch.lastByteAt, sources[fetch.connection]?.lastByteAt ?? .zero)
    }

    func isSuspect(_ node: NodeID, of piece: Int) -> Bool { suspects[piece]?.contains { $0.node == node } == true }

    private mutating func ask(_ connection: ConnectionID, for piece: Int, now: Instant, actions: inout [TransferAction]) {
        let length = layout?.length(of: piece) ?? 0
        sources[connection]?.outstanding += length
        fetches[piece, default: []].append(Fetch(connection: connection, askedAt: now, lastByteAt: now))
        actions.append(.request(connection, piece: piece))
    }

    /// Takes pieces away from peers that send nothing.
    mutating func expireRequests(now: Instant, actions: inout [TransferAction]) {
        guard let layout else { return }
        for piece in fetches.keys {
            for fetch in fetches[piece] ?? [] where now - lastSign(of: fetch) > policy.requestTimeout {
                release(fetch.connection, bytes: layout.length(of: piece), less: fetch.received)
                sources[fetch.connection]?.penalisedUntil = now + policy.penalty
                abandon(piece, fetch, actions: &actions)
                fetches[piece]?.removeAll { $0.connection == fetch.connection }
            }
            if fetches[piece]?.isEmpty == true { fetches.removeValue(forKey: piece) }
        }
    }

    /// Asks one peer for the chain when the tracker has been silent about it.
    mutating func askForStates(now: Instant, actions: inout [TransferAction]) {
        guard let chain, !distrustsLists, run == nil, chain.vouchedStatesEnd < chain.layout.pieceCount,
            now - startedAt > policy.statesPatience
        else { return }
        for connection in sources.keys {
            guard let source = sources[connection], let pieces = source.pieces,
                pieces.firstMember(from: chain.vouchedStatesEnd - 1) < pieces.pieceCount
            else { continue }
            if let asked = source.statesAskedAt, now - asked < policy.heartbeat { continue }
            sources[connection]?.statesAskedAt = now
            actions.append(.wantStates(connection, first: chain.vouchedStatesEnd))
        }
    }

    /// Whether a connected peer could bring this transfer forward.
    func hasUsefulSource(now: Instant) -> Bool {
        guard !distrustsLists else { return false }
        return sources.values.contains { source in
            guard now >= source.penalisedUntil, let pieces = source.pieces else { return false }
            return pieces.contains { !have.contains($0) && !isSuspect(source.node, of: $0) }
        }
    }
}

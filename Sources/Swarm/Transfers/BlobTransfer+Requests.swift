import OrderedCollections

extension BlobTransfer {
    /// Asks peers for as much as their depth and the node's budget allow.
    ///
    /// - Parameter budget: bytes that the node may still have in flight; reduced by what is asked for.
    mutating func schedule(now: Instant, budget: inout Int, random: inout SeededGenerator, actions: inout [TransferAction]) {
        guard let chain, !isWhole, !distrustsLists else { return }
        let layout = chain.layout
        let positions = readers.values.map { $0 }
        var isBusy = true
        // Round robin, one piece a peer and turn, so that the first peer does not take everything.
        while isBusy {
            isBusy = false
            for connection in sources.keys {
                guard let source = sources[connection], let offered = source.pieces, now >= source.penalisedUntil,
                    source.outstanding < max(policy.requestDepthBytes, 2 * layout.pieceLength),
                    budget > 0 || layout.pieceCount == 1
                else { continue }
                let piece = picker.pick(from: offered, positions: positions, using: &random) { piece in
                    isWanted(piece) && chain.link(of: piece) != nil
                }
                guard let piece else { continue }
                ask(connection, for: piece, now: now, actions: &actions)
                budget -= layout.length(of: piece)
                isBusy = true
            }
        }
    }

    private func isWanted(_ piece: Int) -> Bool {
        guard !have.contains(piece), !checking.contains(piece), fetches[piece] == nil else { return false }
        guard let run else { return true }
        return piece < run.cursor || piece >= run.end ?? .max
    }

    private mutating func ask(_ connection: ConnectionID, for piece: Int, now: Instant, actions: inout [TransferAction]) {
        let length = layout?.length(of: piece) ?? 0
        sources[connection]?.outstanding += length
        fetches[piece, default: []].append(Fetch(connection: connection, lastByteAt: now))
        actions.append(.request(connection, piece: piece))
    }

    /// Takes pieces away from peers that send nothing.
    mutating func expireRequests(now: Instant, actions: inout [TransferAction]) {
        guard let layout else { return }
        for piece in fetches.keys {
            for fetch in fetches[piece] ?? [] where now - fetch.lastByteAt > policy.requestTimeout {
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
        guard let chain, !distrustsLists, run == nil, chain.knownEnd < chain.layout.pieceCount,
            now - startedAt > policy.statesPatience
        else { return }
        for connection in sources.keys {
            guard let source = sources[connection], let pieces = source.pieces,
                pieces.firstMember(from: chain.knownEnd - 1) < pieces.pieceCount
            else { continue }
            if let asked = source.statesAskedAt, now - asked < policy.heartbeat { continue }
            sources[connection]?.statesAskedAt = now
            actions.append(.wantStates(connection, first: chain.knownEnd))
        }
    }

    /// Whether a connected peer could bring this transfer forward.
    func hasUsefulSource(now: Instant) -> Bool {
        sources.values.contains { source in
            guard now >= source.penalisedUntil, let pieces = source.pieces else { return false }
            return pieces.contains { !have.contains($0) }
        }
    }
}

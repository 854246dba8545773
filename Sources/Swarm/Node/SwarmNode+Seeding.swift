import BasicContainers
import DequeModule
import OrderedCollections

/// Super-seeding: whoever streams a blob from its origin decides which peer gets which piece first.
extension SwarmNode {
    /// Takes pieces that can be served from now on. While this node streams the blob from its origin, each is promised to one peer.
    ///
    /// - Returns: those to tell all peers of.
    mutating func seed(_ digest: Digest, _ pieces: [Int], _ now: Instant) -> [Int] {
        guard let index = transfers.index(forKey: digest) else { return pieces }
        guard isSeeding(index) else {
            guard !transfers.values[index].superSeed.isEmpty else { return pieces }
            defer { transfers.values[index].superSeed = SuperSeed() }
            return transfers.values[index].superSeed.hidden + pieces
        }
        // What a peer has is in the swarm already.
        var known: [Int] = []
        for piece in pieces {
            if transfers.values[index].holders.available.contains(piece) {
                known.append(piece)
            } else {
                transfers.values[index].superSeed.waiting.append(piece)
            }
        }
        promise(at: index, now)
        return known
    }

    /// With few peers there is nobody to pass pieces on, and promises would only cost the time in which they are kept. Without a tracker,
    /// peers that know of nothing to ask for would go to the origin themselves.
    @inline(__always)
    private func isSeeding(_ index: Int) -> Bool {
        guard case .connected = tracker, transfers.values[index].mandate == .lease, transfers.values[index].run != nil else { return false }
        let near = transfers.values[index].sources.count { $0.reach == .near }
        return (near > 0 ? near : transfers.values[index].sources.count) >= settings.transfer.fewestSeeded
    }

    /// Tells peers of pieces that wait, each piece to one of them, each peer of no more than it soon gets.
    private mutating func promise(at index: Int, _ now: Instant) {
        guard !transfers.values[index].superSeed.waiting.isEmpty else { return }
        let digest = transfers.keys[index]
        // Peers of other zones do not pass pieces on to those of this one.
        let hasNear = transfers.values[index].sources.contains { $0.reach == .near }
        var owed = owedBytes()
        var news: OrderedDictionary<ConnectionID, PieceList> = [:]
        while let piece = transfers.values[index].superSeed.waiting.first {
            guard let peer = peerToPromise(piece, at: index, owed, isNear: hasNear) else {
                // All are owed enough; unless all have it by now, from others.
                guard transfers.values[index].holders.available.contains(piece) else { break }
                transfers.values[index].superSeed.reveal(piece)
                continue
            }
            transfers.values[index].superSeed.waiting.removeFirst()
            transfers.values[index].superSeed.promise(piece, to: peer, now: now)
            owed[peer, default: 0] += transfers.values[index].layout?.pieceLength ?? 0
            news[peer, default: []].append(UInt32(piece))
        }
        for (connection, pieces) in news {
            guard let neighbour = neighbours.index(forKey: connection) else { continue }
            declineUnpromised(at: index, of: neighbour, now)
            if let channel = neighbours.values[neighbour].channelToTell(digest), channel.saidHave {
                send(.gained(channel: channel.number, pieces: pieces), on: connection, now)
            } else {
                sayHave(digest, on: connection, now)
            }
        }
    }

    @inline(__always)
    func isPromised(_ digest: Digest, _ piece: Int, to connection: ConnectionID) -> Bool {
        guard let index = transfers.index(forKey: digest) else { return false }
        return transfers.values[index].superSeed.promises[piece]?.connection == connection
    }

    /// A peer asks for few pieces at a time: what it waits for besides those that it was promised must not keep it from asking for them.
    private mutating func declineUnpromised(at index: Int, of neighbour: Int, _ now: Instant) {
        let (digest, connection) = (transfers.keys[index], neighbours.keys[neighbour])
        let promises = transfers.values[index].superSeed.promises
        guard let queue = uploads.index(forKey: connection),
            let channel = neighbours.values[neighbour].theirChannel(for: digest)
        else { return }
        let waiting = uploads.values[queue].takeUnsent(over: channel) { promises[$0]?.connection != connection }
        tidyUploads(to: connection)
        for upload in waiting { decline(digest, upload.piece, over: upload.channel, of: connection, now) }
    }

    /// Bytes that each peer was promised, over all blobs, and has not been sent.
    private func owedBytes() -> [ConnectionID: Int] {
        var owed: [ConnectionID: Int] = [:]
        for transfer in transfers.values.indices {
            let length = transfers.values[transfer].layout?.pieceLength ?? 0
            for promise in transfers.values[transfer].superSeed.promises.values { owed[promise.connection, default: 0] += length }
        }
        return owed
    }

    /// - Returns: of the peers that lack the piece the one that is owed the least, and of several such the one that was promised the fewest,
    ///   because each is asked by all others for what it got first; nil when all are owed enough.
    private mutating func peerToPromise(
        _ piece: Int, at index: Int, _ owed: [ConnectionID: Int], isNear: Bool
    ) -> ConnectionID? {
        let length = transfers.values[index].layout?.pieceLength ?? 0
        let most = max(2 * length, settings.transfer.promisedBytes)
        var best: (peer: ConnectionID, owed: Int, promised: Int)?
        for source in transfers.values[index].sources.values.indices {
            let peer = transfers.values[index].sources.keys[source]
            let (bytes, promised) = (owed[peer] ?? 0, transfers.values[index].superSeed.promisedTo[peer] ?? 0)
            if let best, (best.owed, best.promised) <= (bytes, promised) { continue }
            guard !isNear || transfers.values[index].sources.values[source].reach == .near,
                bytes < most, !transfers.values[index].holders.has(piece, source),
                let neighbour = neighbours.index(forKey: peer),
                neighbours.values[neighbour].channelToTell(transfers.keys[index]) != nil
            else { continue }
            best = (peer, bytes, promised)
        }
        return best?.peer
    }

    /// A piece has been handed over whole: if it was promised, there is room for another promise.
    mutating func seeded(_ digest: Digest, _ piece: Int, _ now: Instant) {
        guard let index = transfers.index(forKey: digest), transfers.values[index].superSeed.wasSent(piece) else { return }
        promise(at: index, now)
    }

    /// Nothing waits to be sent: all may hear of pieces that were sent once, of as many as keep the link busy for a moment.
    mutating func revealMore(_ now: Instant) {
        for index in transfers.values.indices where !transfers.values[index].superSeed.sent.isEmpty {
            let length = transfers.values[index].layout?.pieceLength ?? 1
            let pieces = transfers.values[index].superSeed.takeSent(max(1, settings.uploadAheadBytes / length))
            announce(pieces, of: transfers.keys[index], now)
        }
    }

    /// Looks after promises as time passes: a peer that does not ask for what it was promised had its chance, and all hear of it.
    mutating func tendPromises(of digest: Digest, _ now: Instant) {
        guard let index = transfers.index(forKey: digest), !transfers.values[index].superSeed.isEmpty else { return }
        // Somebody else streams the blob by now, or nobody: nothing may stay hidden.
        guard isSeeding(index) else { return announce(seed(digest, [], now), of: digest, now) }
        guard let oldest = transfers.values[index].superSeed.promises.values.first, now - oldest.madeAt > settings.transfer.promiseFor
        else { return }
        let expired = transfers.values[index].superSeed.promises.filter { isOver($0.value, of: digest, $0.key, now) }
        announce(transfers.values[index].superSeed.takePromises { piece, _ in expired[piece] != nil }, of: digest, now)
        promise(at: index, now)
    }

    private func isOver(_ promise: SuperSeed.Promise, of digest: Digest, _ piece: Int, _ now: Instant) -> Bool {
        guard now - promise.madeAt > settings.transfer.promiseFor else { return false }
        guard let channel = neighbours.peek(promise.connection, { $0.theirChannel(for: digest) }) else { return true }
        return uploads.peek(promise.connection) { $0.waits(for: piece, over: channel) } != true
    }

    /// A peer has closed the blob, or is gone: what it was promised is promised to another.
    mutating func unpromise(_ digest: Digest, _ connection: ConnectionID, _ now: Instant) {
        guard let index = transfers.index(forKey: digest) else { return }
        let lost = transfers.values[index].superSeed.forget(connection)
        transfers.values[index].superSeed.waiting.prepend(contentsOf: lost)
        promise(at: index, now)
    }
}

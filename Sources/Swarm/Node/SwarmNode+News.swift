import BasicContainers

/// Telling peers which pieces can be had here.
///
/// A new piece is told to a few peers at once, which get it here, and to the others a moment later: by then most of them have said that they
/// have it from elsewhere and need not be told.
extension SwarmNode {
    /// Tells all that this node can serve of a blob.
    mutating func sayHave(_ digest: Digest, on connection: ConnectionID, _ now: Instant) {
        guard let index = neighbours.index(forKey: connection),
            let channel = neighbours.values[index].openChannel(for: digest)
        else { return }
        if let size = held[digest], let layout = PieceLayout(blobSize: size) {
            send(.have(channel: channel, size: size, pieces: PieceSet(completeWith: layout.pieceCount)), on: connection, now)
        } else if let transfer = transfers.index(forKey: digest), let layout = transfers.values[transfer].layout {
            let pieces = transfers.values[transfer].superSeed.visible(of: transfers.values[transfer].released, to: connection)
            guard !pieces.isEmpty else { return }
            send(.have(channel: channel, size: layout.blobSize, pieces: pieces), on: connection, now)
        } else {
            return
        }
        neighbours.values[index].didSayHave(digest)
    }

    /// Tells a few peers about pieces that can be served from now on: at once, or with the next ones if peers were told of some just now.
    ///
    /// - Parameter always: at once, and all peers of everything: the blob is whole here.
    mutating func tellNews(of digest: Digest, always: Bool = false, _ now: Instant) {
        guard let index = transfers.index(forKey: digest) else { return }
        if !transfers.values[index].untold.isEmpty, always || now - transfers.values[index].toldAt >= settings.transfer.newsInterval {
            var fresh: [Int] = []
            swap(&fresh, &transfers.values[index].untold)
            transfers.values[index].toldAt = now
            tellFew(seed(digest, fresh, now), of: digest, now)
            // In the same memory again.
            fresh.removeAll(keepingCapacity: true)
            swap(&fresh, &transfers.values[index].untold)
        }
        if always { tellRest(of: digest, now) }
    }

    /// How many peers hear of a piece first. Without a tracker all: who knows of nothing to ask for would go to the origin.
    private var toldFirst: Int {
        if case .connected = tracker { settings.transfer.toldFirst } else { .max }
    }

    /// Tells some of the peers that lack the pieces, others each time; the rest hear of them with `tellRest`.
    private mutating func tellFew(_ pieces: [Int], of digest: Digest, _ now: Instant) {
        guard !pieces.isEmpty, let index = transfers.index(forKey: digest), !neighbours.isEmpty else { return }
        let first = toldFirst
        var told: [ConnectionID] = []
        told.reserveCapacity(min(first, neighbours.count))
        let start = Int(random.next(upperBound: UInt64(neighbours.count)))
        for number in 0..<neighbours.count {
            let neighbour = (start + number) % neighbours.count
            guard let channel = neighbours.values[neighbour].channelToTell(digest) else { continue }
            if told.count == first {
                transfers.values[index].partlyTold.add(pieces, toldTo: told)
                return
            }
            let connection = neighbours.keys[neighbour]
            let news = transfers.values[index].unknown(to: connection, of: pieces)
            if tell(news, of: digest, to: neighbour, channel, now) { told.append(connection) }
        }
    }

    /// Tells every peer what only some were told.
    mutating func tellRest(of digest: Digest, _ now: Instant) {
        guard let index = transfers.index(forKey: digest), !transfers.values[index].partlyTold.isEmpty else { return }
        var news = PartlyTold()
        swap(&news, &transfers.values[index].partlyTold)
        for neighbour in neighbours.values.indices {
            guard let channel = neighbours.values[neighbour].channelToTell(digest) else { continue }
            let connection = neighbours.keys[neighbour]
            let unknown = transfers.values[index].unknown(to: connection, of: news)
            _ = tell(unknown, of: digest, to: neighbour, channel, now)
        }
        news.clear()
        swap(&news, &transfers.values[index].partlyTold)
    }

    /// Tells every peer that has the blob open of those pieces that it does not have.
    mutating func announce(_ pieces: [Int], of digest: Digest, _ now: Instant) {
        guard !pieces.isEmpty, let index = transfers.index(forKey: digest) else { return }
        for neighbour in neighbours.values.indices {
            guard let channel = neighbours.values[neighbour].channelToTell(digest) else { continue }
            let connection = neighbours.keys[neighbour]
            let news = transfers.values[index].unknown(to: connection, of: pieces)
            _ = tell(news, of: digest, to: neighbour, channel, now)
        }
    }

    /// Tells one peer of pieces that it does not have, or of all that this node has if it was told of nothing yet.
    ///
    /// - Returns: whether there was anything to tell.
    private mutating func tell(
        _ pieces: PieceList, of digest: Digest, to neighbour: Int, _ channel: (number: UInt32, saidHave: Bool), _ now: Instant
    ) -> Bool {
        let connection = neighbours.keys[neighbour]
        guard channel.saidHave, pieces.count <= WireLimits.piecesPerGain else {
            sayHave(digest, on: connection, now)
            return true
        }
        if !pieces.isEmpty { send(.gained(channel: channel.number, pieces: pieces), on: connection, now) }
        return !pieces.isEmpty
    }
}

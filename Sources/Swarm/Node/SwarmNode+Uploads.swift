import BasicContainers

/// Serving pieces to peers.
///
/// What leaves this node is chosen over all connections: a piece that was sent to nobody goes before one that was, so that whoever
/// streams from the origin puts every piece into the cluster once before it sends any twice (BEP 16, "super-seeding"), and a piece
/// begun is finished before another begins, because half a piece helps nobody.
extension SwarmNode {
    /// - Parameter theirs: the peer's channel, over which it asked.
    mutating func requested(
        _ digest: Digest, _ piece: Int, over theirs: UInt32, by connection: ConnectionID, _ now: Instant
    ) throws(WireError) {
        guard let layout = layout(of: digest, ifReleased: piece), piece < layout.pieceCount else {
            if let channel = channel(for: digest, on: connection) {
                send(.reject(channel: channel, piece: UInt32(clamping: piece)), on: connection, now)
            }
            return
        }
        guard neighbours.contains(connection) else { return }
        let isSmall = layout.pieceCount == 1 && layout.blobSize <= UInt64(PieceLayout.shortestPiece)
        let length = layout.length(of: piece)
        if !isSmall, mayDecline, isQueueFull(for: length) || isElsewhere(digest, piece), !isPromised(digest, piece, to: connection) {
            return decline(digest, piece, over: theirs, of: connection, now)
        }
        try enqueue(
            UploadQueue.Upload(channel: theirs, isWholeBlob: isSmall, piece: piece, length: length, askedAt: now), for: connection)
        serve(now)
    }

    /// How the blob is laid out, if the piece may be given to a peer.
    @inline(__always)
    private func layout(of digest: Digest, ifReleased piece: Int) -> PieceLayout? {
        guard let index = transfers.index(forKey: digest) else { return layout(of: digest) }
        return transfers.values[index].released.contains(piece) ? transfers.values[index].layout : nil
    }

    private mutating func enqueue(_ upload: UploadQueue.Upload, for connection: ConnectionID) throws(WireError) {
        if let index = uploads.index(forKey: connection) { return try uploads.values[index].enqueue(upload) }
        var queue = lists.takeQueue()
        queue.servedTurn = neighbours.inPlace(connection) { $0.servedTurn } ?? 0
        try queue.enqueue(upload)
        uploads.set(queue, forKey: connection)
    }

    /// Takes away a queue that is empty.
    mutating func tidyUploads(to connection: ConnectionID) {
        guard let index = uploads.index(forKey: connection), uploads.values[index].isEmpty else { return }
        if let neighbour = neighbours.index(forKey: connection) {
            neighbours.values[neighbour].servedTurn = uploads.values[index].servedTurn
        }
        lists.giveBack(uploads.remove(at: index))
    }

    /// The peer waits no more for a piece, or for all that it asked for over the channel.
    mutating func cancelUploads(_ piece: Int? = nil, over channel: UInt32, to connection: ConnectionID) {
        guard let index = uploads.index(forKey: connection) else { return }
        uploads.values[index].cancel(piece, over: channel)
        tidyUploads(to: connection)
    }

    mutating func uploaded(_ connection: ConnectionID, _ now: Instant) {
        let left = uploads.index(forKey: connection).map { uploads.values[$0].uploaded(now: now) }
        if neighbours.contains(connection) { uploadRate.record(left ?? 0, now: now) }
        tidyUploads(to: connection)
        bestUploadRate.note(Int(uploadRate.bytesPerSecond), memory: settings.inFlightMemory, now: now)
        serve(now)
        offerDeclined(now)
    }

    /// Keeps a few pieces under way, each to another peer where that can be: enough to fill the link though some of these have little room, few
    /// enough that each piece is soon whole somewhere and that the order in which they go is still ours to choose.
    mutating func serve(_ now: Instant) {
        var (underWay, pieces) = (0, 0)
        var areLong = false
        let stuckAfter = stuckAfter
        for index in uploads.values.indices where uploads.values[index].bytesInFlight > 0 {
            guard now.nanoseconds - uploads.values[index].lastUploadedAt.nanoseconds < stuckAfter else { continue }
            underWay += uploads.values[index].bytesInFlight
            pieces += uploads.values[index].piecesInFlight
            if uploads.values[index].sendsLongPiece { areLong = true }
        }
        if underWay == 0 { uploadRate.begin(now: now) }
        while mayUpload(now) {
            let limit = areLong && !isLinkFull(now) ? settings.uploadAheadLongPieces : settings.uploadAheadPieces
            let mayBegin = underWay < settings.uploadAheadBytes || pieces < limit
            guard let (connection, upload) = nextServed(mayBegin: mayBegin, now) else {
                if mayBegin { revealMore(now) }
                return
            }
            pieces -= piecesInFlight(to: connection)
            underWay += sendFragment(of: upload, to: connection, now)
            pieces += piecesInFlight(to: connection)
            if let index = uploads.index(forKey: connection), uploads.values[index].sendsLongPiece { areLong = true }
            tidyUploads(to: connection)
        }
    }

    @inline(__always)
    private func piecesInFlight(to connection: ConnectionID) -> Int {
        uploads.index(forKey: connection).map { uploads.values[$0].piecesInFlight } ?? 0
    }

    /// Whether about as much goes out as lately at best.
    @inline(__always)
    private func isLinkFull(_ now: Instant) -> Bool {
        guard let best = bestUploadRate.best(within: settings.inFlightMemory, now: now) else { return false }
        return uploadRate.bytesPerSecond >= 0.9 * Double(best)
    }

    /// A connection that takes nothing for this long does not hold the others up: its link is slower than ours, which would have sent all
    /// that is under way twice. Within bounds: what is under way at a quick link is gone before a peer's system has answered once, and while a slow
    /// peer is all that is served, our own link looks as slow.
    ///
    /// In nanoseconds.
    @inline(__always)
    private var stuckAfter: Int64 {
        var underWay = 0
        for index in uploads.values.indices { underWay += uploads.values[index].bytesInFlight }
        let seconds = min(max(0.1, 2 * Double(underWay) / max(1, uploadRate.bytesPerSecond)), 1)
        return Int64((seconds * 1e9).rounded(.up))
    }

    /// - Parameter mayBegin: whether another piece may be begun, or those under way are to be gone on with only.
    /// - Returns: whom to serve, and the index of the upload.
    private mutating func nextServed(mayBegin: Bool, _ now: Instant) -> (ConnectionID, upload: Int)? {
        while true {
            var best: (index: Int, urgency: Int, turn: UInt64)?
            for index in uploads.values.indices {
                guard let urgency = uploads.values[index].urgency, hasRoom(index) else { continue }
                guard mayBegin || urgency == UploadQueue.Upload.halfSent && uploads.values[index].isAmidPiece else { continue }
                let turn = uploads.values[index].servedTurn
                if let best {
                    if urgency > best.urgency || urgency == best.urgency && turn > best.turn { continue }
                    if urgency == best.urgency, turn == best.turn, uploads.keys[index] > uploads.keys[best.index] { continue }
                }
                best = (index, urgency, turn)
            }
            guard let best else { return nil }
            // What the queue said was a bound; it is chosen if it comes true, else the choice is made again without the illusion.
            let upload = Self.next(of: &uploads.values[best.index], uploads.keys[best.index], &neighbours, sentPieces, now)
            if let upload, uploads.values[best.index].urgency == best.urgency { return (uploads.keys[best.index], upload) }
        }
    }

    private static func next(
        of queue: inout UploadQueue, _ connection: ConnectionID, _ neighbours: inout Table<ConnectionID, PeerSession>,
        _ sent: borrowing Table<Digest, SentPieces>, _ now: Instant
    ) -> Int? {
        queue.next(sent, now: now) { channel in
            neighbours.inPlace(connection) { $0.digest(over: channel) }
        }
    }

    /// What is under way on one connection is bounded, so that others are served too while its peer is busy.
    @inline(__always)
    private func hasRoom(_ index: Int) -> Bool {
        uploads.values[index].framesInFlightCount < settings.framesPerConnection
            && uploads.values[index].bytesInFlight < settings.bytesPerConnection
    }

    /// - Returns: bytes handed over; 0 when the piece is not to be had any more and was dropped.
    private mutating func sendFragment(of index: Int, to connection: ConnectionID, _ now: Instant) -> Int {
        guard let queue = uploads.index(forKey: connection) else { return 0 }
        let upload = uploads.values[queue].take(at: index)
        guard let neighbour = neighbours.index(forKey: connection),
            let digest = neighbours.values[neighbour].digest(over: upload.channel),
            let layout = layout(of: digest, ifReleased: upload.piece), let channel = neighbours.values[neighbour].openChannel(for: digest)
        else { return 0 }
        if upload.sent == 0 { countSent(digest, upload.piece, layout) }
        let length = layout.length(of: upload.piece)
        let count = min(settings.frameBytes, length - upload.sent, uploadBucket?.portion ?? .max)
        uploadBucket?.take(count, at: now)
        turn += 1
        uploads.values[queue].servedTurn = turn
        let isWhole = upload.sent + count == length
        uploads.values[queue].handedOver(count, isEnd: isWhole, now: now)
        if !isWhole { uploads.values[queue].putBack(upload, sent: upload.sent + count) }
        let frame = DataFrame(channel: channel, piece: UInt32(upload.piece), offset: UInt32(upload.sent), count: count)
        let fileOffset = layout.offset(of: upload.piece) + UInt64(upload.sent)
        lists.actions.append(.upload(connection, frame, digest, fileOffset: fileOffset))
        if isWhole { seeded(digest, upload.piece, now) }
        return count
    }

    private mutating func countSent(_ digest: Digest, _ piece: Int, _ layout: PieceLayout) {
        if let index = sentPieces.index(forKey: digest), sentPieces.values[index].pieceCount == layout.pieceCount {
            return sentPieces.values[index].count(piece)
        }
        // Only a hint, so that forgetting it all now and then does no harm.
        if sentPieces.count >= 64 { sentPieces.removeAll() }
        var sent = SentPieces(pieceCount: layout.pieceCount)
        sent.isFromOrigin = transfers.index(forKey: digest).map { transfers.values[$0].mandate == .lease } ?? false
        sent.count(piece)
        sentPieces.set(sent, forKey: digest)
    }
}

import OrderedCollections

/// Serving pieces to peers.
///
/// What leaves this node is chosen over all connections: a piece that was sent to nobody goes before one that was, so that whoever
/// streams from the origin puts every piece into the cluster once before it sends any twice (BEP 16, "super-seeding"), and a piece
/// begun is finished before another begins, because half a piece helps nobody.
extension SwarmNode {
    mutating func requested(_ digest: Digest, _ piece: Int, by connection: ConnectionID, _ now: Instant) throws(WireError) {
        guard let layout = layout(of: digest), piece < layout.pieceCount, isReleased(digest, piece: piece) else {
            if let channel = neighbours[connection]?.openChannel(for: digest) {
                send(.reject(channel: channel, piece: UInt32(clamping: piece)), on: connection, now)
            }
            return
        }
        try neighbours[connection]?.enqueue(PeerSession.Upload(digest: digest, piece: piece))
        serve(now)
    }

    mutating func uploaded(_ connection: ConnectionID, _ now: Instant) {
        neighbours[connection]?.fragmentsInFlight -= 1
        neighbours[connection]?.lastUploadedAt = now
        serve(now)
    }

    /// Keeps a few data frames under way: enough to fill the link, few enough that the order in which they go is still ours to choose.
    mutating func serve(_ now: Instant) {
        var underWay = 0
        for session in neighbours.values where session.fragmentsInFlight > 0 && now - session.lastUploadedAt < Self.stuckAfter {
            underWay += session.fragmentsInFlight
        }
        while underWay < settings.fragmentsInFlight, mayUpload(now), let connection = nextServed() {
            guard sendFragment(on: connection, now) else { continue }
            underWay += 1
        }
    }

    /// A connection that takes nothing for this long does not hold the others up.
    private static let stuckAfter = Duration.seconds(1)

    private func nextServed() -> ConnectionID? {
        var best: (connection: ConnectionID, rank: Int, turn: UInt64)?
        for (connection, session) in neighbours where session.fragmentsInFlight < settings.fragmentsPerConnection {
            guard let rank = session.nextRank({ Int(timesSent[$0.digest]?[$0.piece] ?? 0) }) else { continue }
            if let current = best, (current.rank, current.turn) <= (rank, session.servedTurn) { continue }
            best = (connection, rank, session.servedTurn)
        }
        return best?.connection
    }

    /// - Returns: false when the piece is not to be had any more and was dropped.
    private mutating func sendFragment(on connection: ConnectionID, _ now: Instant) -> Bool {
        let upload = takeUpload(from: connection)
        guard let upload, isReleased(upload.digest, piece: upload.piece), let layout = layout(of: upload.digest),
            let channel = neighbours[connection]?.openChannel(for: upload.digest)
        else { return false }
        if upload.sent == 0 { countSent(upload, layout) }
        let length = layout.length(of: upload.piece)
        let count = min(WireLimits.dataPayload, length - upload.sent, uploadBucket?.portion ?? .max)
        uploadBucket?.take(count, at: now)
        turn += 1
        neighbours[connection]?.servedTurn = turn
        if neighbours[connection]?.fragmentsInFlight == 0 { neighbours[connection]?.lastUploadedAt = now }
        neighbours[connection]?.fragmentsInFlight += 1
        if upload.sent + count < length { neighbours[connection]?.putBack(upload, sent: upload.sent + count) }
        let frame = DataFrame(channel: channel, piece: UInt32(upload.piece), offset: UInt32(upload.sent), count: count)
        let fileOffset = layout.offset(of: upload.piece) + UInt64(upload.sent)
        actions.append(.upload(connection, frame, upload.digest, fileOffset: fileOffset))
        return true
    }

    private mutating func takeUpload(from connection: ConnectionID) -> PeerSession.Upload? {
        let counts = timesSent
        return neighbours[connection]?.takeUpload { Int(counts[$0.digest]?[$0.piece] ?? 0) }
    }

    private mutating func countSent(_ upload: PeerSession.Upload, _ layout: PieceLayout) {
        if timesSent[upload.digest]?.count != layout.pieceCount {
            // Only a hint, so that forgetting it all now and then does no harm.
            if timesSent.count >= 64 { timesSent.removeAll() }
            timesSent[upload.digest] = Array(repeating: 0, count: layout.pieceCount)
        }
        timesSent[upload.digest]?[upload.piece] &+= 1
    }
}

import OrderedCollections

/// Serving pieces to peers.
extension SwarmNode {
    mutating func requested(_ digest: Digest, _ piece: Int, by connection: ConnectionID, _ now: Instant) throws(WireError) {
        guard let layout = layout(of: digest), piece < layout.pieceCount, isReleased(digest, piece: piece) else {
            if let channel = neighbours[connection]?.openChannel(for: digest) {
                send(.reject(channel: channel, piece: UInt32(clamping: piece)), on: connection, now)
            }
            return
        }
        try neighbours[connection]?.enqueue(PeerSession.Upload(digest: digest, piece: piece))
        pump(connection)
    }

    mutating func uploaded(_ connection: ConnectionID) {
        neighbours[connection]?.fragmentsInFlight -= 1
        pump(connection)
    }

    /// Keeps a few data frames under way on the connection: enough to fill it, few enough that other messages soon get through.
    private mutating func pump(_ connection: ConnectionID) {
        guard var session = neighbours[connection] else { return }
        while session.fragmentsInFlight < settings.fragmentsPerConnection {
            let next = session.nextFragment { upload in
                guard isReleased(upload.digest, piece: upload.piece) else { return nil }
                return layout(of: upload.digest)?.length(of: upload.piece)
            }
            guard let next, let layout = layout(of: next.upload.digest), let channel = session.openChannel(for: next.upload.digest) else {
                break
            }
            session.fragmentsInFlight += 1
            let frame = DataFrame(
                channel: channel, piece: UInt32(next.upload.piece), offset: UInt32(next.upload.sent), count: next.count)
            let fileOffset = layout.offset(of: next.upload.piece) + UInt64(next.upload.sent)
            actions.append(.upload(connection, frame, next.upload.digest, fileOffset: fileOffset))
        }
        neighbours[connection] = session
    }
}

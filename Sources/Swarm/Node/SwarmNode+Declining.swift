import OrderedCollections

/// Declining requests of which too many wait already.
///
/// Whoever is the first to have a piece is asked for it by all its neighbours at once. Most of them would wait for what others have in the
/// meantime, and those others would have nothing to do. So what cannot be sent soon is declined, and offered again when there is room.
extension SwarmNode {
    /// A request that was declined.
    struct Declined: Sendable {
        let connection: ConnectionID
        let digest: Digest
        let piece: Int
    }

    /// Declined requests that are remembered at most; what is asked for beyond them waits with the rest.
    private static let mostDeclined = 4096

    var isQueueFull: Bool { declined.count < Self.mostDeclined && queuedBytes >= queueLimitBytes }

    /// Bytes that wait to be sent, over all connections.
    private var queuedBytes: Int {
        var bytes = 0
        for index in neighbours.values.indices { bytes += neighbours.values[index].queuedBytes }
        return bytes
    }

    private var queueLimitBytes: Int {
        max(settings.shortestQueueBytes, Int(uploadRate.bytesPerSecond * settings.uploadQueue.inSeconds))
    }

    mutating func decline(_ upload: PeerSession.Upload, of connection: ConnectionID, _ now: Instant) {
        guard let index = neighbours.index(forKey: connection), let channel = neighbours.values[index].openChannel(for: upload.digest)
        else { return }
        declined.append(Declined(connection: connection, digest: upload.digest, piece: upload.piece))
        send(.reject(channel: channel, piece: UInt32(upload.piece)), on: connection, now)
    }

    /// Half of what may wait is sent: offers again all that was declined. Most of it has come from others meanwhile.
    mutating func offerDeclined(_ now: Instant) {
        guard !declined.isEmpty, queuedBytes <= queueLimitBytes / 2 else { return }
        var offers: OrderedDictionary<Offer, [UInt32]> = [:]
        for request in declined where isReleased(request.digest, piece: request.piece) {
            offers[Offer(connection: request.connection, digest: request.digest), default: []].append(UInt32(request.piece))
        }
        declined = []
        for (offer, pieces) in offers {
            guard let index = neighbours.index(forKey: offer.connection),
                let channel = neighbours.inPlace(at: index, { $0.channelToTell(offer.digest) }), channel.saidHave
            else { continue }
            for start in stride(from: 0, to: pieces.count, by: WireLimits.piecesPerGain) {
                let part = Array(pieces[start..<min(start + WireLimits.piecesPerGain, pieces.count)])
                send(.gained(channel: channel.number, pieces: part), on: offer.connection, now)
            }
        }
    }

    private struct Offer: Hashable {
        let connection: ConnectionID
        let digest: Digest
    }
}

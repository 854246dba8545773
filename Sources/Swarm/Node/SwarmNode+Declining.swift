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
        /// Bytes of the piece.
        let length: Int
    }

    /// Declined requests that are remembered at most; what is asked for beyond them waits with the rest.
    private static let mostDeclined = 4096

    /// Whether a piece of so many bytes would wait too long.
    @inline(__always)
    func isQueueFull(for length: Int) -> Bool { declined.count < Self.mostDeclined && queuedBytes >= queueLimitBytes(length) }

    /// Bytes that wait to be sent, over all connections.
    @inline(__always)
    private var queuedBytes: Int {
        var bytes = 0
        for index in neighbours.values.indices { bytes += neighbours.values[index].queuedBytes }
        return bytes
    }

    /// - Parameter length: bytes of the pieces that are asked for.
    @inline(__always)
    private func queueLimitBytes(_ length: Int) -> Int {
        let sent = Int(uploadRate.bytesPerSecond * settings.uploadQueue.inSeconds)
        return max(settings.shortestQueueBytes, settings.shortestQueuePieces * length, sent)
    }

    mutating func decline(_ upload: PeerSession.Upload, of connection: ConnectionID, _ now: Instant) {
        guard let channel = channel(for: upload.digest, on: connection) else { return }
        declined.append(Declined(connection: connection, digest: upload.digest, piece: upload.piece, length: upload.length))
        send(.reject(channel: channel, piece: UInt32(upload.piece)), on: connection, now)
    }

    /// Half of what may wait is sent: offers again what was declined longest ago. More than there is room for, because most of it has come
    /// from others meanwhile.
    mutating func offerDeclined(_ now: Instant) {
        guard let first = declined.first else { return }
        let (queued, limit) = (queuedBytes, queueLimitBytes(first.length))
        guard queued <= limit / 2 else { return }
        // When nothing is left to send, there is no later.
        var room = queued == 0 ? .max : Self.offeredQueues * limit
        var taken = 0
        var offers: OrderedDictionary<Offer, [UInt32]> = [:]
        for request in declined {
            guard room > 0 else { break }
            taken += 1
            guard isReleased(request.digest, piece: request.piece) else { continue }
            room -= request.length
            offers[Offer(connection: request.connection, digest: request.digest), default: []].append(UInt32(request.piece))
        }
        declined.removeFirst(taken)
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

    /// How many full queues' worth is offered at a time.
    private static let offeredQueues = 3

    private struct Offer: Hashable {
        let connection: ConnectionID
        let digest: Digest
    }
}

import BasicContainers
import DequeModule
import OrderedCollections

/// Declining requests of which too many wait already.
///
/// Whoever is the first to have a piece is asked for it by all its neighbours at once. Most of them would wait for what others have in the
/// meantime, and those others would have nothing to do. So what cannot be sent soon is declined, and offered again when there is room.
extension SwarmNode {
    /// A request that was declined. Thousands of them are remembered.
    struct Declined: Sendable {
        let connection: ConnectionID
        /// The peer's, over which it asked.
        let channel: UInt32
        let piece: UInt32
    }

    /// Declined requests that are remembered at most; what is asked for beyond them waits with the rest.
    private static let mostDeclined = 4096

    /// Whether one more can be remembered.
    @inline(__always)
    var mayDecline: Bool { declined.count < Self.mostDeclined }

    /// Whether a piece of so many bytes would wait too long.
    @inline(__always)
    func isQueueFull(for length: Int) -> Bool { queuedBytes >= queueLimitBytes(length) }

    /// Whether the blob comes from its origin to this node, and others have the piece while they lack some that this node has. As all clients wait for
    /// the same piece, all would have it from here, one after the other.
    @inline(__always)
    func isElsewhere(_ digest: Digest, _ piece: Int) -> Bool {
        guard let sent = sentPieces.index(forKey: digest), sentPieces.values[sent].isFromOrigin,
            let index = transfers.index(forKey: digest)
        else { return false }
        return sentPieces.values[sent].isSpare(piece, of: transfers.values[index].released.count)
    }

    /// Bytes that wait to be sent, over all connections.
    @inline(__always)
    private var queuedBytes: Int {
        var bytes = 0
        for index in uploads.values.indices { bytes += uploads.values[index].queuedBytes }
        return bytes
    }

    /// - Parameter length: bytes of the pieces that are asked for.
    @inline(__always)
    private func queueLimitBytes(_ length: Int) -> Int {
        let sent = Int(uploadRate.bytesPerSecond * settings.uploadQueue.inSeconds)
        return max(settings.shortestQueueBytes, settings.shortestQueuePieces * length, sent)
    }

    /// - Parameter theirs: the peer's channel, over which it asked.
    mutating func decline(_ digest: Digest, _ piece: Int, over theirs: UInt32, of connection: ConnectionID, _ now: Instant) {
        guard let channel = channel(for: digest, on: connection) else { return }
        declined.append(Declined(connection: connection, channel: theirs, piece: UInt32(piece)))
        send(.reject(channel: channel, piece: UInt32(piece)), on: connection, now)
    }

    /// Half of what may wait is sent: offers again what was declined longest ago. More than there is room for, because most of it has come
    /// from others meanwhile.
    mutating func offerDeclined(_ now: Instant) {
        guard let length = lengthOfOldest() else { return }
        let (queued, limit) = (queuedBytes, queueLimitBytes(length))
        guard queued <= limit / 2 else { return }
        // When nothing is left to send, there is no later.
        var room = queued == 0 ? .max : Self.offeredQueues * limit
        var offers: OrderedDictionary<Offer, [UInt32]> = [:]
        while room > 0, let request = declined.popFirst() {
            guard let (digest, length) = blob(of: request), isReleased(digest, piece: Int(request.piece)) else { continue }
            room -= length
            offers[Offer(connection: request.connection, digest: digest), default: []].append(request.piece)
        }
        for (offer, pieces) in offers {
            guard let index = neighbours.index(forKey: offer.connection),
                let channel = neighbours.values[index].channelToTell(offer.digest), channel.saidHave
            else { continue }
            for start in stride(from: 0, to: pieces.count, by: WireLimits.piecesPerGain) {
                let part = PieceList(pieces[start..<min(start + WireLimits.piecesPerGain, pieces.count)])
                send(.gained(channel: channel.number, pieces: part), on: offer.connection, now)
            }
        }
    }

    /// Of the oldest request that somebody still waits for, bytes; forgets those before it.
    private mutating func lengthOfOldest() -> Int? {
        while let oldest = declined.first {
            if let (_, length) = blob(of: oldest) { return length }
            declined.removeFirst()
        }
        return nil
    }

    /// What was asked for, and the bytes of the piece; nil once the peer is gone, has closed the blob, or there is no such piece.
    private mutating func blob(of request: Declined) -> (Digest, length: Int)? {
        guard let neighbour = neighbours.index(forKey: request.connection),
            let digest = neighbours.values[neighbour].digest(over: request.channel), let layout = layout(of: digest),
            // The blob's size may have turned out to be another.
            Int(request.piece) < layout.pieceCount
        else { return nil }
        return (digest, layout.length(of: Int(request.piece)))
    }

    /// How many full queues' worth is offered at a time.
    private static let offeredQueues = 3

    private struct Offer: Hashable {
        let connection: ConnectionID
        let digest: Digest
    }
}

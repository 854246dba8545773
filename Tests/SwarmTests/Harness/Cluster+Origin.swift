import Swarm
import Testing

/// Streams from the origin, hashed as they come.
extension Cluster {
    private static let chunk = 64 << 10

    struct OriginStream {
        let node: SimulatedNode
        let digest: Digest
        let number: Int
        let content: ToyContent
        var piece: Int
        var end: Int
        var state: ChainState?
        var received = 0
        var breaksAfter: Int?
        var flowedAt: Instant
    }

    func fetch(_ digest: Digest, _ order: OriginOrder, at node: SimulatedNode) {
        let number = nextStream()
        if node.originStreams[digest] != nil { problems.append("node \(node.index) has two origin streams of one blob") }
        node.originStreams[digest] = number
        guard var origin = origins[digest] else {
            after(.milliseconds(1)) { [unowned self] in endStream(digest, number, .broken("connection refused"), at: node) }
            return
        }
        let attempt = origin.nextAttempt(by: node.index, firstPiece: order.firstPiece)
        origins[digest] = origin
        after(origin.firstByteDelay) { [unowned self] in
            guard node.isAlive, node.originStreams[digest] == number else { return }
            var breaksAfter: Int?
            switch attempt {
            case .notFound: return endStream(digest, number, .notFound("404"), at: node)
            case .refuses: return endStream(digest, number, .refused("403"), at: node)
            case .hangs: return
            case .breaks(let count): breaksAfter = count
            case .serves: break
            }
            let content = node.lies[digest] ?? origin.content ?? contents[digest]!
            var stream = OriginStream(
                node: node, digest: digest, number: number, content: content, piece: order.firstPiece,
                end: content.layout.pieceCount, state: order.start, breaksAfter: breaksAfter, flowedAt: now)
            if let end = order.endPiece { stream.end = min(end, stream.end) }
            give(.originAnswered(digest, size: content.size), to: node)
            flow(stream)
        }
    }

    private func nextStream() -> Int {
        streamCount += 1
        return streamCount
    }

    private func endStream(_ digest: Digest, _ number: Int, _ failure: OriginFailure?, at node: SimulatedNode) {
        guard node.isAlive, node.originStreams[digest] == number else { return }
        node.originStreams[digest] = nil
        give(.originEnded(digest, failure), to: node)
    }

    private func flow(_ stream: OriginStream) {
        let (node, digest) = (stream.node, stream.digest)
        let layout = stream.content.layout
        guard node.isAlive, node.originStreams[digest] == stream.number else { return }
        let already = stream.received % max(1, layout.pieceLength)
        var count = min(Self.chunk, layout.length(of: stream.piece) - already)
        if let limit = stream.breaksAfter { count = min(count, limit - stream.received) }
        let rate = origins[digest]?.bytesPerSecond ?? 1
        after(.nanoseconds(Int64(Double(count) / rate * 1e9))) { [unowned self] in
            guard node.isAlive, node.originStreams[digest] == stream.number else { return }
            var stream = stream
            stream.received += count
            origins[digest]?.bytes += count
            if stream.received == stream.breaksAfter { return endStream(digest, stream.number, .broken("reset by peer"), at: node) }
            if already + count == layout.length(of: stream.piece) {
                guard bring(&stream) else { return }
            } else if now - stream.flowedAt > .milliseconds(250) {
                stream.flowedAt = now
                give(.originFlows(digest), to: node)
            }
            flow(stream)
        }
    }

    /// A piece is whole. Returns whether more is to come.
    private func bring(_ stream: inout OriginStream) -> Bool {
        let (node, digest, piece) = (stream.node, stream.digest, stream.piece)
        let tag = stream.content.tags[piece]
        let layout = stream.content.layout
        let isLast = piece == layout.lastPiece
        let end = isLast ? nil : Toy.step(digest.algorithm, from: stream.state, tag: tag)
        let isLiar = node.lies[digest] != nil
        if isLast, !isLiar, Toy.final(digest.algorithm, from: stream.state, tag: tag, size: layout.blobSize) != digest {
            node.originStreams[digest] = nil
            give(.originContradictsDigest(digest), to: node)
            return false
        }
        stream.state = end
        stream.piece += 1
        let isFilled = stream.piece == stream.end
        if isFilled { node.originStreams[digest] = nil }
        store(tag, of: digest, piece, layout, true, at: node)
        give(.originBrought(digest, piece: piece, end: end), to: node)
        if isFilled { give(.originEnded(digest, nil), to: node) }
        return !isFilled
    }
}

import Swarm
import Testing

/// Streams from the origin, hashed as they come.
extension Cluster {
    private static let chunk = 64 << 10

    final class OriginStream {
        /// The cluster keeps all nodes, also those that are gone.
        unowned let node: SimulatedNode
        let digest: Digest
        let number: Int
        let content: ToyContent
        var piece: Int
        var end: Int
        var state: ChainState?
        /// The stream's own limit.
        var port: SimulatedPort
        /// Bytes that the origin has yet to send, those under way, and those of the current piece that have come.
        var unsent: Int
        var underWay = 0
        var gathered = 0
        var breaksAfter: Int?
        var flowedAt: Instant

        init(
            node: SimulatedNode, digest: Digest, number: Int, content: ToyContent, order: OriginOrder, port: SimulatedPort, now: Instant
        ) {
            self.node = node
            self.digest = digest
            self.number = number
            self.content = content
            self.piece = order.firstPiece
            self.end = min(order.endPiece ?? .max, content.layout.pieceCount)
            self.state = order.start
            self.port = port
            self.unsent = content.layout.byteRange(of: piece..<end).count
            self.flowedAt = now
        }

        /// As of any answer from which much is to come, the piece that is being received is the last.
        func drain() {
            end = min(end, gathered > 0 ? piece + 1 : piece)
            unsent = max(0, content.layout.byteRange(of: piece..<end).count - gathered - underWay)
        }
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
            let stream = OriginStream(
                node: node, digest: digest, number: number, content: content, order: order,
                port: SimulatedPort(bytesPerSecond: origin.bytesPerSecond), now: now)
            stream.breaksAfter = breaksAfter
            streams[number] = stream
            give(.originAnswered(digest, size: content.size), to: node)
            pump(stream)
        }
    }

    func drain(_ digest: Digest, at node: SimulatedNode) {
        guard let number = node.originStreams[digest] else { return }
        streams[number]?.drain()
        guard let stream = streams[number], stream.piece < stream.end else { return endStream(digest, number, nil, at: node) }
        pump(stream)
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

    private func isRunning(_ stream: OriginStream) -> Bool {
        stream.node.isAlive && stream.node.originStreams[stream.digest] == stream.number
    }

    /// Sends as many chunks as the window takes.
    private func pump(_ stream: OriginStream) {
        guard isRunning(stream) else { return }
        if stream.content.size == 0 {
            _ = bring(stream)
            return
        }
        if stream.breaksAfter == 0, stream.underWay == 0 {
            return endStream(stream.digest, stream.number, .broken("reset by peer"), at: stream.node)
        }
        while stream.underWay < originWindow * Self.chunk, stream.unsent > 0, stream.breaksAfter != 0 {
            let count = min(Self.chunk, stream.unsent, stream.breaksAfter ?? .max)
            stream.unsent -= count
            stream.underWay += count
            stream.breaksAfter? -= count
            let isBreak = stream.breaksAfter == 0
            var departure = originUplink.pass(count, at: stream.port.pass(count, at: now))
            let zone = stream.node.settings.zone
            if zone != nodes[0].settings.zone {
                originBytesInto[zone, default: 0] += count
                departure = zoneLinks[zone]?.pass(count, at: departure) ?? departure
            }
            events.schedule(at: departure) { [unowned self] in
                let through = stream.node.downlink.pass(count, at: now)
                events.schedule(at: through) { [unowned self] in arrived(count, of: stream, isBreak: isBreak) }
            }
        }
    }

    private func arrived(_ count: Int, of stream: OriginStream, isBreak: Bool) {
        // Whether the node still waits for it or not.
        if stream.node.isAlive { origins[stream.digest]?.bytes += count }
        guard isRunning(stream) else { return }
        stream.underWay -= count
        stream.gathered += count
        while stream.piece < stream.end, stream.gathered >= stream.content.layout.length(of: stream.piece) {
            stream.gathered -= stream.content.layout.length(of: stream.piece)
            guard bring(stream) else { return }
        }
        if isBreak { return endStream(stream.digest, stream.number, .broken("reset by peer"), at: stream.node) }
        if now - stream.flowedAt > .milliseconds(250) {
            stream.flowedAt = now
            give(.originFlows(stream.digest), to: stream.node)
        }
        pump(stream)
    }

    /// A piece is whole. Returns whether more is to come.
    private func bring(_ stream: OriginStream) -> Bool {
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

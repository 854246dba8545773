import Swarm
import Testing

/// Connections between nodes.
extension Cluster {
    func dial(_ peer: PeerRecord, from node: SimulatedNode) {
        after(randomLatency()) { [unowned self] in
            guard node.isAlive else { return }
            guard let other = nodes.first(where: { $0.settings.address == peer.address }), other.isAlive, other !== node,
                !other.isUnreachable
            else {
                give(.connectFailed(peer.node), to: node)
                return
            }
            link(node, other, expecting: peer.node)
        }
    }

    private func link(_ node: SimulatedNode, _ other: SimulatedNode, expecting: NodeID) {
        let mine = SimulatedLink.End(node: node, connection: newConnection(node))
        let theirs = SimulatedLink.End(node: other, connection: newConnection(other))
        let link = SimulatedLink(mine, theirs)
        node.links[mine.connection] = link
        other.links[theirs.connection] = link
        give(.connected(mine.connection, isInitiator: true, expecting: expecting), to: node)
        give(.connected(theirs.connection, isInitiator: false, expecting: nil), to: other)
    }

    private func newConnection(_ node: SimulatedNode) -> ConnectionID {
        defer { node.nextConnection += 1 }
        return ConnectionID(node.nextConnection)
    }

    /// Closes a node's side now; the other side hears of it after everything sent before.
    func closeLink(_ connection: ConnectionID, at node: SimulatedNode) {
        guard let link = node.links.removeValue(forKey: connection) else { return }
        let side = link.side(of: node, connection)
        link.ends[side].isOpen = false
        forgetGathered(connection, at: node)
        after(.zero) { [unowned self] in give(.disconnected(connection), to: node) }
        let other = link.ends[1 - side]
        deliver(over: link, to: 1 - side, at: now) { [unowned self] in
            guard other.node.links.removeValue(forKey: other.connection) != nil else { return }
            link.ends[1 - side].isOpen = false
            forgetGathered(other.connection, at: other.node)
            give(.disconnected(other.connection), to: other.node)
        }
    }

    private func forgetGathered(_ connection: ConnectionID, at node: SimulatedNode) {
        node.gathered = node.gathered.filter { $0.key.connection != connection }
    }

    private func deliver(over link: SimulatedLink, to side: Int, at departure: Instant, _ body: @escaping () -> Void) {
        let arrival = max(departure + randomLatency(), link.ends[side].lastArrival)
        link.ends[side].lastArrival = arrival
        events.schedule(at: arrival, body)
    }

    func send(_ message: PeerMessage, on connection: ConnectionID, from node: SimulatedNode) {
        guard let link = node.links[connection] else { return }
        let side = 1 - link.side(of: node, connection)
        if case .gained(_, let pieces) = message {
            newsMessages += 1
            if !node.originStreams.isEmpty {
                piecesToldByStreamers += pieces.count
                for piece in pieces where firstToldOf[piece] == nil { firstToldOf[piece] = link.ends[side].node.index }
            }
        }
        let frame = node.misdeeds.contains(.sendsGarbage) ? garbage(instead: message) : message.encode()
        deliver(over: link, to: side, at: now) { [unowned self] in
            let end = link.ends[side]
            guard end.isOpen, end.node.isAlive else { return }
            do throws(WireError) {
                guard case .message(let type, let payload)? = try parse(frame),
                    let decoded = try PeerMessage.decode(type: type, payload: payload)
                else { return }
                if decoded != message, !node.misdeeds.contains(.sendsGarbage) { problems.append("\(message) does not survive the wire") }
                give(.message(end.connection, decoded), to: end.node)
            } catch {
                violated(error, on: end.connection, at: end.node)
            }
        }
    }

    private func garbage(instead message: PeerMessage) -> [UInt8] {
        if case .hello = message { return message.encode() }
        var bytes = message.encode()
        for index in bytes.indices.dropFirst(4) { bytes[index] = UInt8(truncatingIfNeeded: random.next()) }
        return bytes
    }

    func parse(_ frame: [UInt8]) throws(WireError) -> FrameParser.Element? {
        var parser = FrameParser()
        var index = 0
        var result: Result<FrameParser.Element?, WireError> = .success(nil)
        frame.withUnsafeBytes { buffer in
            do throws(WireError) {
                result = .success(try parser.next(in: buffer, at: &index))
            } catch {
                result = .failure(error)
            }
        }
        return try result.get()
    }

    func violated(_ error: WireError, on connection: ConnectionID, at node: SimulatedNode) {
        give(.brokeProtocol(connection, error), to: node)
    }

    // MARK: Piece bytes

    func upload(_ frame: DataFrame, of digest: Digest, fileOffset: UInt64, on connection: ConnectionID, from node: SimulatedNode) {
        guard let link = node.links[connection] else { return }
        let layout = node.policy.layout(of: digest)
        if let layout, fileOffset != layout.offset(of: Int(frame.piece)) + UInt64(frame.offset) {
            problems.append("node \(node.index) uploads from a wrong offset")
        }
        guard var tag = node.lies[digest]?.tags[Int(frame.piece)] ?? node.store[digest]?.tags[Int(frame.piece)] else {
            problems.append("node \(node.index) uploads piece \(frame.piece), which it does not have")
            return
        }
        if node.misdeeds.contains(.servesNothing) { return }
        if node.misdeeds.contains(.flipsBytes) { tag ^= 1 }
        var sent = frame
        if node.misdeeds.contains(.sendsEmptyFrames) {
            sent = DataFrame(channel: frame.channel, piece: frame.piece, offset: 0, count: 0)
            after(.milliseconds(500)) { [unowned self] in
                if node.links[connection] != nil {
                    upload(frame, of: digest, fileOffset: fileOffset, on: connection, from: node)
                }
            }
        }
        if node.misdeeds.contains(.sendsTooMuch) {
            sent = DataFrame(channel: frame.channel, piece: frame.piece, offset: frame.offset, count: frame.count + 1)
        }
        node.bytesSent += sent.count
        let side = 1 - link.side(of: node, connection)
        var departure = node.uplink.pass(sent.count, at: now)
        let zone = link.ends[side].node.settings.zone
        if zone != node.settings.zone {
            bytesInto[zone, default: 0] += sent.count
            departure = zoneLinks[zone]?.pass(sent.count, at: departure) ?? departure
        }
        events.schedule(at: departure) { [unowned self] in
            if node.links[connection] != nil { give(.uploaded(connection), to: node) }
        }
        let far = link.ends[side]
        deliver(over: link, to: side, at: departure) { [unowned self] in
            // The link stays first in, first out: whatever comes after these bytes waits for them.
            let (begin, through) = far.node.downlink.passage(sent.count, at: now)
            link.ends[side].lastArrival = max(link.ends[side].lastArrival, through)
            events.schedule(at: begin) { [unowned self] in take(sent, tag: tag, over: link, side, until: through) }
        }
    }

    /// A frame begins to arrive, and the node hears that it goes on until it is whole.
    private func take(_ frame: DataFrame, tag: UInt64, over link: SimulatedLink, _ side: Int, until through: Instant) {
        let (node, connection) = (link.ends[side].node, link.ends[side].connection)
        let isThere = { link.ends[side].isOpen && node.isAlive }
        guard isThere() else { return }
        do throws(WireError) {
            guard case .data(let decoded)? = try parse(frame.encodeHeader()), decoded == frame else {
                problems.append("\(frame) does not survive the wire")
                return
            }
            let place = try node.policy.accept(frame, from: connection, now: now)
            var time = now + Self.flowInterval
            while time < through {
                events.schedule(at: time) { [unowned self] in if isThere() { node.policy.flows(connection, now: now) } }
                time = time + Self.flowInterval
            }
            events.schedule(at: through) { [unowned self] in if isThere() { gather(frame, tag: tag, at: place, on: connection, of: node) } }
        } catch {
            violated(error, on: connection, at: node)
        }
    }

    private static let flowInterval = Duration.milliseconds(250)

    private func gather(
        _ frame: DataFrame, tag: UInt64, at place: SwarmNode.Placement?, on connection: ConnectionID, of node: SimulatedNode
    ) {
        guard let place else {
            node.bytesWasted += frame.count
            return
        }
        node.bytesReceived += frame.count
        let key = SimulatedNode.Gathering(connection: connection, digest: place.digest, piece: place.piece)
        // Fragments of different contents make yet another one.
        if place.offset == 0 { node.gathered[key] = tag } else if node.gathered[key] != tag { node.gathered[key] = Toy.mix(tag, 9) }
        guard place.isLast else { return }
        perform(node.policy.completed(place.digest, piece: place.piece, from: connection, now: now), at: node)
    }
}

extension TrackerReply {
    private enum Kind: UInt8 {
        case hello = 1
        case peers = 64
        case lease, revoke, states, unavailable, pong
        case sharesTags = 128
        case meaning, askOrigin, pause, handOver
    }

    /// The whole frame, ready for the socket.
    public func encode() -> [UInt8] {
        switch self {
        case .hello(let hello):
            var writer = ByteWriter(type: Kind.hello.rawValue, capacity: 128)
            hello.encode(into: &writer)
            return writer.frame()
        case .peers(let digest, let size, let peers):
            var writer = ByteWriter(type: Kind.peers.rawValue, capacity: 64 + peers.count * 48)
            writer.write(digest)
            writer.write(UInt8(size == nil ? 0 : 1))
            writer.write(size ?? 0)
            for peer in peers.prefix(WireLimits.peersPerHandout) {
                writer.write(raw: peer.node.bytes)
                writer.write(text: peer.address)
                writer.write(text: peer.zone)
            }
            return writer.frame()
        case .states(let digest, let size, let first, let states):
            var writer = ByteWriter(type: Kind.states.rawValue, capacity: states.count + 80)
            writer.write(vouch: digest, size, first, states)
            return writer.frame()
        case .unavailable(let digest, let reason):
            var writer = ByteWriter(type: Kind.unavailable.rawValue, capacity: 128)
            writer.write(digest)
            writer.write(text: reason)
            return writer.frame()
        case .lease(let digest, let earlier):
            var writer = ByteWriter(type: Kind.lease.rawValue, capacity: 96)
            writer.write(digest)
            writer.write(UInt8(earlier == nil ? 0 : 1))
            if let earlier { writer.write(raw: earlier.bytes) }
            return writer.frame()
        case .revoke(let digest): return Self.frame(.revoke, digest)
        case .pong: return ByteWriter(type: Kind.pong.rawValue).frame()
        case .sharesTags: return ByteWriter(type: Kind.sharesTags.rawValue).frame()
        case .meaning(let name, let meaning, let age):
            var writer = ByteWriter(type: Kind.meaning.rawValue, capacity: 256)
            writer.write(name)
            writer.write(meaning)
            writer.write(milliseconds: age)
            return writer.frame()
        case .askOrigin(let name):
            var writer = ByteWriter(type: Kind.askOrigin.rawValue, capacity: 128)
            writer.write(name)
            return writer.frame()
        case .pause(let server, let duration):
            var writer = ByteWriter(type: Kind.pause.rawValue, capacity: 128)
            writer.write(text: server)
            writer.write(milliseconds: duration)
            return writer.frame()
        case .handOver(let digest): return Self.frame(.handOver, digest)
        }
    }

    private static func frame(_ kind: Kind, _ digest: Digest) -> [UInt8] {
        var writer = ByteWriter(type: kind.rawValue)
        writer.write(digest)
        return writer.frame()
    }

    /// - Returns: nil for an unknown optional message (type 128 and above), which is to be skipped.
    public static func decode(type: UInt8, payload: [UInt8]) throws(WireError) -> TrackerReply? {
        guard let kind = Kind(rawValue: type) else {
            guard type >= 128 else { throw .unknownMessage(type) }
            return nil
        }
        var reader = ByteReader(payload)
        let message = try decode(kind, &reader)
        try reader.finish("\(kind)")
        return message
    }

    private static func decode(_ kind: Kind, _ reader: inout ByteReader) throws(WireError) -> TrackerReply {
        switch kind {
        case .hello: return .hello(try Hello.decode(&reader))
        case .peers: return try decodePeers(&reader)
        case .lease:
            let digest = try reader.readDigest("lease digest")
            let isMoved = try reader.readFlag("lease moved")
            return .lease(digest, after: isMoved ? try reader.readNode("lease's earlier holder") : nil)
        case .revoke: return .revoke(try reader.readDigest("revoke digest"))
        case .states:
            let (digest, size, first, states) = try reader.readVouch()
            return .states(digest: digest, size: size, first: first, states: states)
        case .unavailable:
            let digest = try reader.readDigest("unavailable digest")
            return .unavailable(digest: digest, reason: try reader.readText("unavailable reason"))
        case .pong: return .pong
        case .sharesTags: return .sharesTags
        case .meaning:
            let name = try reader.readTagName("tag")
            let meaning = try reader.readTagMeaning("tag")
            return .meaning(name, meaning, age: try reader.readMilliseconds("tag age"))
        case .askOrigin: return .askOrigin(try reader.readTagName("tag"))
        case .pause:
            let server = try reader.readText("pause server")
            return .pause(server: server, try reader.readMilliseconds("pause"))
        case .handOver: return .handOver(try reader.readDigest("hand-over digest"))
        }
    }

    private static func decodePeers(_ reader: inout ByteReader) throws(WireError) -> TrackerReply {
        let digest = try reader.readDigest("peers digest")
        let isSized = try reader.readFlag("peers sized")
        let size = try reader.readBlobSize("peers size")
        var peers: [PeerRecord] = []
        while reader.remaining > 0 {
            guard peers.count < WireLimits.peersPerHandout else { throw .overLimit(what: "peers in one handout") }
            let node = try reader.readNode("peer node")
            let address = try reader.readText("peer address")
            peers.append(PeerRecord(node: node, address: address, zone: try reader.readText("peer zone")))
        }
        return .peers(digest: digest, size: isSized ? size : nil, peers: peers)
    }
}

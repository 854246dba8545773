extension PeerMessage {
    private enum Kind: UInt8 {
        case hello = 1
        case open, close, missing, have, gained, request
        // 8 is DataFrame.type, which is never a message.
        case reject = 9
        case cancel, wantStates, states, ping, pong, serve
    }

    /// The whole frame, ready for the socket.
    public func encode() -> [UInt8] {
        switch self {
        case .hello(let hello):
            var writer = ByteWriter(type: Kind.hello.rawValue, capacity: 128)
            hello.encode(into: &writer)
            return writer.frame()
        case .open(let channel, let digest): return Self.frame(.open, channel, digest)
        case .serve(let channel, let digest): return Self.frame(.serve, channel, digest)
        case .missing(let digest):
            var writer = ByteWriter(type: Kind.missing.rawValue)
            writer.write(digest)
            return writer.frame()
        case .have(let channel, let size, let pieces):
            let bitfield = pieces.isComplete ? [] : pieces.bitfield
            var writer = ByteWriter(type: Kind.have.rawValue, capacity: bitfield.count + 16)
            writer.write(channel)
            writer.write(size)
            writer.write(UInt8(pieces.isComplete ? 1 : 0))
            writer.write(raw: bitfield)
            return writer.frame()
        case .gained(let channel, let pieces):
            var writer = ByteWriter(type: Kind.gained.rawValue, capacity: pieces.count * 4 + 8)
            writer.write(channel)
            for piece in pieces.prefix(WireLimits.piecesPerGain) { writer.write(piece) }
            return writer.frame()
        case .states(let channel, let first, let bytes):
            var writer = ByteWriter(type: Kind.states.rawValue, capacity: bytes.count + 8)
            writer.write(channel)
            writer.write(first)
            writer.write(raw: bytes)
            return writer.frame()
        case .close(let channel): return Self.frame(.close, channel)
        case .wantStates(let channel, let first): return Self.frame(.wantStates, channel, first)
        case .request(let channel, let piece): return Self.frame(.request, channel, piece)
        case .cancel(let channel, let piece): return Self.frame(.cancel, channel, piece)
        case .reject(let channel, let piece): return Self.frame(.reject, channel, piece)
        case .ping: return Self.frame(.ping)
        case .pong: return Self.frame(.pong)
        }
    }

    private static func frame(_ kind: Kind, _ words: UInt32...) -> [UInt8] {
        var writer = ByteWriter(type: kind.rawValue)
        for word in words { writer.write(word) }
        return writer.frame()
    }

    private static func frame(_ kind: Kind, _ channel: UInt32, _ digest: Digest) -> [UInt8] {
        var writer = ByteWriter(type: kind.rawValue)
        writer.write(channel)
        writer.write(digest)
        return writer.frame()
    }

    /// - Returns: nil for an unknown optional message (type 128 and above), which is to be skipped.
    public static func decode(type: UInt8, payload: [UInt8]) throws(WireError) -> PeerMessage? {
        guard let kind = Kind(rawValue: type) else {
            guard type >= 128 else { throw .unknownMessage(type) }
            return nil
        }
        var reader = ByteReader(payload)
        let message = try decode(kind, &reader)
        try reader.finish("\(kind)")
        return message
    }

    private static func decode(_ kind: Kind, _ reader: inout ByteReader) throws(WireError) -> PeerMessage {
        switch kind {
        case .hello: return .hello(try Hello.decode(&reader))
        case .open:
            let channel = try reader.read(UInt32.self, "open channel")
            return .open(channel: channel, digest: try reader.readDigest("open digest"))
        case .serve:
            let channel = try reader.read(UInt32.self, "serve channel")
            return .serve(channel: channel, digest: try reader.readDigest("serve digest"))
        case .close: return .close(channel: try reader.read(UInt32.self, "close channel"))
        case .missing: return .missing(digest: try reader.readDigest("missing digest"))
        case .have: return try decodeHave(&reader)
        case .gained: return try decodeGained(&reader)
        case .wantStates:
            let (channel, first) = try pair(&reader, "wantStates channel", "wantStates number")
            guard first >= 1 else { throw .invalid(field: "wantStates first") }
            return .wantStates(channel: channel, first: first)
        case .states:
            let (channel, first) = try pair(&reader, "states channel", "states number")
            guard first >= 1, reader.remaining <= WireLimits.stateBytesPerMessage else { throw .invalid(field: "states") }
            return .states(channel: channel, first: first, bytes: Array(reader.readRest()))
        case .request:
            let (channel, piece) = try pair(&reader, "request channel", "request number")
            return .request(channel: channel, piece: piece)
        case .cancel:
            let (channel, piece) = try pair(&reader, "cancel channel", "cancel number")
            return .cancel(channel: channel, piece: piece)
        case .reject:
            let (channel, piece) = try pair(&reader, "reject channel", "reject number")
            return .reject(channel: channel, piece: piece)
        case .ping: return .ping
        case .pong: return .pong
        }
    }

    private static func pair(_ reader: inout ByteReader, _ first: String, _ second: String) throws(WireError) -> (UInt32, UInt32) {
        (try reader.read(UInt32.self, first), try reader.read(UInt32.self, second))
    }

    private static func decodeHave(_ reader: inout ByteReader) throws(WireError) -> PeerMessage {
        let channel = try reader.read(UInt32.self, "have channel")
        let size = try reader.readBlobSize("have size")
        let isComplete = try reader.readFlag("have complete")
        guard let layout = PieceLayout(blobSize: size) else { throw .invalid(field: "have size") }
        if isComplete { return .have(channel: channel, size: size, pieces: PieceSet(completeWith: layout.pieceCount)) }
        guard let pieces = PieceSet(bitfield: reader.readRest(), pieceCount: layout.pieceCount), !pieces.isComplete else {
            throw .invalid(field: "have pieces")
        }
        return .have(channel: channel, size: size, pieces: pieces)
    }

    private static func decodeGained(_ reader: inout ByteReader) throws(WireError) -> PeerMessage {
        let channel = try reader.read(UInt32.self, "gained channel")
        guard reader.remaining % 4 == 0, reader.remaining / 4 <= WireLimits.piecesPerGain else { throw .invalid(field: "gained pieces") }
        var pieces = PieceList()
        while reader.remaining > 0 { pieces.append(try reader.read(UInt32.self, "gained piece")) }
        return .gained(channel: channel, pieces: pieces)
    }
}

extension TrackerRequest {
    private enum Kind: UInt8 {
        case hello = 1
        case join = 32
        case announce, leave, vouch, yield, ping, progress
        case askTag = 128
        case tellTag, pause, offline
    }

    /// The whole frame, ready for the socket.
    public func encode() -> [UInt8] {
        switch self {
        case .hello(let hello):
            var writer = ByteWriter(type: Kind.hello.rawValue, capacity: 128)
            hello.encode(into: &writer)
            return writer.frame()
        case .join(let join):
            var writer = ByteWriter(type: Kind.join.rawValue)
            writer.write(join.digest)
            writer.write(join.prefix)
            writer.write(UInt8(join.holdsLease ? 1 : 0))
            writer.write(UInt8(join.isAlone ? 1 : 0))
            return writer.frame()
        case .announce(let blobs):
            var writer = ByteWriter(type: Kind.announce.rawValue, capacity: blobs.count * 41)
            for blob in blobs.prefix(WireLimits.blobsPerAnnouncement) {
                writer.write(blob.digest)
                writer.write(blob.size)
            }
            return writer.frame()
        case .leave(let digest):
            var writer = ByteWriter(type: Kind.leave.rawValue)
            writer.write(digest)
            return writer.frame()
        case .vouch(let digest, let size, let first, let states):
            var writer = ByteWriter(type: Kind.vouch.rawValue, capacity: states.count + 80)
            writer.write(vouch: digest, size, first, states)
            return writer.frame()
        case .yield(let digest, let reason):
            var writer = ByteWriter(type: Kind.yield.rawValue, capacity: 128)
            writer.write(digest)
            writer.write(text: reason)
            return writer.frame()
        case .progress(let digest, let prefix, let pieces):
            var writer = ByteWriter(type: Kind.progress.rawValue)
            writer.write(digest)
            writer.write(prefix)
            writer.write(pieces)
            return writer.frame()
        case .ping: return ByteWriter(type: Kind.ping.rawValue).frame()
        case .offline: return ByteWriter(type: Kind.offline.rawValue).frame()
        case .askTag(let name, let maxAge):
            var writer = ByteWriter(type: Kind.askTag.rawValue, capacity: 128)
            writer.write(name)
            writer.write(milliseconds: maxAge)
            return writer.frame()
        case .tellTag(let name, let meaning):
            var writer = ByteWriter(type: Kind.tellTag.rawValue, capacity: 256)
            writer.write(name)
            writer.write(UInt8(meaning == nil ? 0 : 1))
            if let meaning { writer.write(meaning) }
            return writer.frame()
        case .pause(let server, let duration):
            var writer = ByteWriter(type: Kind.pause.rawValue, capacity: 128)
            writer.write(text: server)
            writer.write(milliseconds: duration)
            return writer.frame()
        }
    }

    /// - Returns: nil for an unknown optional message (type 128 and above), which is to be skipped.
    public static func decode(type: UInt8, payload: [UInt8]) throws(WireError) -> TrackerRequest? {
        guard let kind = Kind(rawValue: type) else {
            guard type >= 128 else { throw .unknownMessage(type) }
            return nil
        }
        var reader = ByteReader(payload)
        let message = try decode(kind, &reader)
        try reader.finish("\(kind)")
        return message
    }

    private static func decode(_ kind: Kind, _ reader: inout ByteReader) throws(WireError) -> TrackerRequest {
        switch kind {
        case .hello: return .hello(try Hello.decode(&reader))
        case .join:
            let digest = try reader.readDigest("join digest")
            let prefix = try reader.read(UInt32.self, "join prefix")
            let holdsLease = try reader.readFlag("join lease")
            return .join(
                JoinRequest(digest: digest, prefix: prefix, holdsLease: holdsLease, isAlone: try reader.readFlag("join alone")))
        case .announce:
            var blobs: [HeldBlob] = []
            while reader.remaining > 0 {
                guard blobs.count < WireLimits.blobsPerAnnouncement else { throw .overLimit(what: "blobs in one announcement") }
                let digest = try reader.readDigest("announce digest")
                blobs.append(HeldBlob(digest: digest, size: try reader.readBlobSize("announce size")))
            }
            return .announce(blobs)
        case .leave: return .leave(try reader.readDigest("leave digest"))
        case .vouch:
            let (digest, size, first, states) = try reader.readVouch()
            return .vouch(digest: digest, size: size, first: first, states: states)
        case .yield:
            let digest = try reader.readDigest("yield digest")
            return .yield(digest: digest, reason: try reader.readText("yield reason"))
        case .progress:
            let digest = try reader.readDigest("progress digest")
            let prefix = try reader.read(UInt32.self, "progress prefix")
            return .progress(digest: digest, prefix: prefix, pieces: try reader.read(UInt32.self, "progress pieces"))
        case .ping: return .ping
        case .offline: return .offline
        case .askTag:
            let name = try reader.readTagName("tag question")
            return .askTag(name, notOlderThan: try reader.readMilliseconds("tag question age"))
        case .tellTag:
            let name = try reader.readTagName("tag answer")
            return .tellTag(name, try reader.readFlag("tag answer known") ? try reader.readTagMeaning("tag answer") : nil)
        case .pause:
            let server = try reader.readText("pause server")
            return .pause(server: server, try reader.readMilliseconds("pause"))
        }
    }
}

extension ByteWriter {
    mutating func write(vouch digest: Digest, _ size: UInt64, _ first: UInt32, _ states: [UInt8]) {
        write(digest)
        write(size)
        write(first)
        write(raw: states)
    }
}

extension ByteReader {
    /// Size and states must fit together: no index beyond the last state that the blob has.
    mutating func readVouch() throws(WireError) -> (Digest, UInt64, UInt32, [UInt8]) {
        let digest = try readDigest("states digest")
        let size = try readBlobSize("states size")
        let first = try read(UInt32.self, "states first")
        guard remaining <= WireLimits.stateBytesPerMessage, let layout = PieceLayout(blobSize: size),
            let list = StateList(digest.algorithm, first: Int(first), bytes: Array(readRest())), list.end <= layout.pieceCount
        else { throw .invalid(field: "states") }
        return (digest, size, first, list.bytes)
    }
}

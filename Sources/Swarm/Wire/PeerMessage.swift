/// What two agents say to each other. Channels number a side's open blobs; a message names a channel of its *sender*.
///
/// What is long and seldom lies apart: a swarm has thousands of the others on their way, and copies them often.
public enum PeerMessage: Hashable, Sendable {
    indirect case hello(Hello)
    /// From now on `channel` means this blob, which the sender wants: the receiver answers with a channel of its own, unless it has
    /// one, or with `missing`.
    indirect case open(channel: UInt32, digest: Digest)
    /// From now on `channel` means this blob, which the sender has whole and the receiver has opened. Nobody answers: two that both have it
    /// would go on answering each other for ever.
    indirect case serve(channel: UInt32, digest: Digest)
    /// The sender is done with the channel and will not name it again.
    case close(channel: UInt32)
    /// The receiver opened a blob that the sender knows nothing of.
    indirect case missing(digest: Digest)
    /// All that the sender can serve of the blob now.
    case have(channel: UInt32, size: UInt64, pieces: PieceSet)
    /// Further pieces that the sender can serve.
    case gained(channel: UInt32, pieces: PieceList)
    /// The sender wants the receiver's chain states from S_first on.
    case wantStates(channel: UInt32, first: UInt32)
    /// Packed chain states S_first, S_(first+1), …; the blob's digest tells their width.
    case states(channel: UInt32, first: UInt32, bytes: [UInt8])
    case request(channel: UInt32, piece: UInt32)
    /// The receiver need not send that piece any more.
    case cancel(channel: UInt32, piece: UInt32)
    /// The sender will not serve that piece now.
    case reject(channel: UInt32, piece: UInt32)
    case ping
    case pong
}

/// Header of a frame that carries piece bytes. The bytes follow it in the same frame and are never held as a message:
/// they go from socket to piece buffer, and from file to socket.
public struct DataFrame: Hashable, Sendable {
    public static let type: UInt8 = 8
    static let headerBytes = 12

    public let channel: UInt32
    public let piece: UInt32
    /// Where in the piece the bytes belong.
    public let offset: UInt32
    private let count32: UInt32
    /// Bytes that follow, at most `WireLimits.dataPayload`.
    public var count: Int { Int(count32) }

    public init(channel: UInt32, piece: UInt32, offset: UInt32, count: Int) {
        self.channel = channel
        self.piece = piece
        self.offset = offset
        count32 = UInt32(count)
    }

    /// Everything of the frame that precedes the piece bytes.
    public func encodeHeader() -> [UInt8] {
        var writer = ByteWriter(type: Self.type)
        writer.write(channel)
        writer.write(piece)
        writer.write(offset)
        return writer.frame(following: count)
    }

    static func decode(_ header: [UInt8], count: Int) throws(WireError) -> DataFrame {
        var reader = ByteReader(header)
        let channel = try reader.read(UInt32.self, "data channel")
        let piece = try reader.read(UInt32.self, "data piece")
        let offset = try reader.read(UInt32.self, "data offset")
        guard offset <= UInt32(PieceLayout.longestPiece), Int(offset) + count <= PieceLayout.longestPiece else {
            throw .invalid(field: "data offset")
        }
        return DataFrame(channel: channel, piece: piece, offset: offset, count: count)
    }
}

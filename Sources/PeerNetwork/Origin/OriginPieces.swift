import Swarm

/// Cuts an origin's body into pieces.
struct OriginPieces {
    struct Whole: Sendable {
        let layout: PieceLayout
        let piece: Int
        let buffer: PieceBuffer

        /// Bytes.
        var length: Int { layout.length(of: piece) }
    }

    private let layout: PieceLayout
    private let memory: PieceMemory
    private let end: Int
    private var piece: Int
    private var chunk: (any ByteChunk)?
    private var used = 0

    init(layout: PieceLayout, pieces: Range<Int>, memory: PieceMemory) {
        self.layout = layout
        self.memory = memory
        self.piece = pieces.lowerBound
        self.end = pieces.upperBound
    }

    /// The next whole piece; nil when all that were asked for have come.
    ///
    /// - Parameter received: told the bytes of every chunk.
    /// - Throws: what the body throws, and `broken` when it ends too early.
    mutating func next(from answer: OriginAnswer, received: (Int) -> Void) async throws(OriginFailure) -> Whole? {
        guard piece < end else { return nil }
        let length = layout.length(of: piece)
        let buffer = PieceBuffer(count: length, from: memory)
        var filled = 0
        while filled < length {
            if chunk == nil {
                guard let next = try await answer.next() else {
                    throw .broken("the origin's answer ended \(layout.blobSize - layout.offset(of: piece) - UInt64(filled)) bytes early")
                }
                chunk = next
                used = 0
                next.withBytes { received($0.count) }
            }
            filled += take(into: buffer, at: filled, upTo: length)
        }
        let whole = Whole(layout: layout, piece: piece, buffer: buffer)
        piece += 1
        return whole
    }

    /// Copies what the present chunk has for the piece.
    ///
    /// - Returns: how many bytes.
    private mutating func take(into buffer: PieceBuffer, at filled: Int, upTo length: Int) -> Int {
        guard let chunk else { return 0 }
        var (taken, isUsedUp) = (0, true)
        let used = used
        chunk.withBytes { bytes in
            taken = min(bytes.count - used, length - filled)
            buffer.take(UnsafeRawBufferPointer(rebasing: bytes[used..<used + taken]), at: filled)
            isUsedUp = used + taken == bytes.count
        }
        self.used += taken
        if isUsedUp { self.chunk = nil }
        return taken
    }
}

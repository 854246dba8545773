import Swarm

/// Cuts an origin's body into pieces.
struct OriginPieces {
    struct Whole: Sendable {
        let piece: Int
        let buffer: PieceBuffer
        let length: Int
    }

    private let layout: PieceLayout
    private let memory: PieceMemory
    private let end: Int
    private var piece: Int
    private var buffer: PieceBuffer
    private var filled = 0
    private var chunk: (any ByteChunk)?
    private var used = 0

    init(layout: PieceLayout, pieces: Range<Int>, memory: PieceMemory) {
        self.layout = layout
        self.memory = memory
        self.piece = pieces.lowerBound
        self.end = pieces.upperBound
        self.buffer = PieceBuffer(count: layout.length(of: pieces.lowerBound), from: memory)
    }

    /// The next whole piece; nil when all that were asked for have come.
    ///
    /// - Parameter received: told the bytes of every chunk.
    /// - Throws: what the body throws, and `broken` when it ends too early.
    mutating func next(
        isolation: isolated (any Actor)? = #isolation, from answer: OriginAnswer, received: (Int) -> Void
    ) async throws(OriginFailure) -> Whole? {
        guard piece < end else { return nil }
        let length = layout.length(of: piece)
        while filled < length {
            if chunk == nil {
                guard let next = try await answer.next() else {
                    throw .broken("the origin's answer ended \(layout.blobSize - layout.offset(of: piece) - UInt64(filled)) bytes early")
                }
                chunk = next
                used = 0
                next.withBytes { received($0.count) }
            }
            take(upTo: length)
        }
        let whole = Whole(piece: piece, buffer: buffer, length: length)
        piece += 1
        filled = 0
        if piece < end { buffer = PieceBuffer(count: layout.length(of: piece), from: memory) }
        return whole
    }

    private mutating func take(upTo length: Int) {
        guard let chunk else { return }
        var isUsedUp = true
        let (filled, used) = (filled, used)
        var taken = 0
        chunk.withBytes { bytes in
            taken = min(bytes.count - used, length - filled)
            buffer.copy(UnsafeRawBufferPointer(rebasing: bytes[used..<used + taken]), at: filled)
            isUsedUp = used + taken == bytes.count
        }
        self.filled += taken
        self.used += taken
        if isUsedUp { self.chunk = nil }
    }
}

/// How a blob of a given size is cut into pieces. It follows from the size alone, so that all agents agree without talking.
public struct PieceLayout: Hashable, Sendable {
    /// Bounds of the piece length, bytes. Powers of two, and multiples of both algorithms' block lengths.
    public static let shortestPiece = 64 << 10
    public static let longestPiece = 1 << 20
    /// The length is chosen so that a blob has about this many pieces.
    static let pieceCountGoal: UInt64 = 512
    /// No blob is larger: 1 TiB, a million of the longest pieces.
    public static let blobSizeLimit: UInt64 = 1 << 40

    /// Bytes of the whole blob.
    public let blobSize: UInt64
    /// Bytes of every piece but the last.
    public let pieceLength: Int

    /// - Returns: nil for a blob larger than `blobSizeLimit`.
    public init?(blobSize: UInt64) {
        guard blobSize <= Self.blobSizeLimit else { return nil }
        self.blobSize = blobSize
        var length = Self.shortestPiece
        while UInt64(length) * Self.pieceCountGoal < blobSize, length < Self.longestPiece { length *= 2 }
        self.pieceLength = length
    }

    /// At least one: the empty blob has one piece of no bytes, verified like any last piece.
    public var pieceCount: Int {
        max(1, Int((blobSize + UInt64(pieceLength) - 1) / UInt64(pieceLength)))
    }

    public var lastPiece: Int { pieceCount - 1 }

    /// Where the piece begins in the blob, bytes.
    public func offset(of piece: Int) -> UInt64 { UInt64(piece) * UInt64(pieceLength) }

    /// Bytes of the piece: `pieceLength`, but less for the last.
    public func length(of piece: Int) -> Int {
        Int(min(UInt64(pieceLength), blobSize - offset(of: piece)))
    }

    /// The piece that holds the byte at `offset` of the blob (the last one for `offset == blobSize`).
    public func piece(at offset: UInt64) -> Int { min(lastPiece, Int(offset / UInt64(pieceLength))) }

    /// Bytes that the given pieces cover, from the first one's begin to the last one's end.
    public func byteRange(of pieces: Range<Int>) -> Range<UInt64> {
        offset(of: pieces.lowerBound)..<min(blobSize, offset(of: pieces.upperBound))
    }
}

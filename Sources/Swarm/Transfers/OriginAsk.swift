/// One request to an origin: a run of a blob's pieces.
public struct OriginAsk: Hashable, Sendable {
    /// Tells this request from the others of its window.
    public let id: Int
    public let firstPiece: Int
    /// Pieces up to this one; nil while the blob's size is not known: then all of them.
    public let endPiece: Int?
    /// The bytes to ask for, as a closed range; nil for a request without Range, which is right where the whole blob is wanted.
    public let byteRange: Range<UInt64>?
    /// Whether the window has set memory aside for all of it. Otherwise its reader goes no further ahead of what is stored than it is let.
    public let isReserved: Bool

    public init(id: Int, firstPiece: Int, endPiece: Int?, byteRange: Range<UInt64>?, isReserved: Bool) {
        self.id = id
        self.firstPiece = firstPiece
        self.endPiece = endPiece
        self.byteRange = byteRange
        self.isReserved = isReserved
    }
}

/// Which pieces of a blob this node has sent to others: never, once, or more often.
///
/// Finer counts would do harm: whoever comes late asks for what all others have got, and would wait behind everything that was sent a time less.
struct SentPieces: Equatable, Sendable {
    private var once: PieceSet
    private var oftener: PieceSet

    init(pieceCount: Int) {
        once = PieceSet(pieceCount: pieceCount)
        oftener = once
    }

    /// This node streams, or streamed, the blob from its origin: what it has never sent nobody else has.
    var isFromOrigin = false

    var pieceCount: Int { once.pieceCount }

    mutating func count(_ piece: Int) {
        if !once.insert(piece) { oftener.insert(piece) }
    }

    /// Whether others have the piece from here, and lack another of those that this node has.
    ///
    /// - Parameter count: how many it has.
    func isSpare(_ piece: Int, of count: Int) -> Bool { isFromOrigin && once.count < count && once.contains(piece) }

    /// 0, 1, or 2 for more.
    func times(_ piece: Int) -> Int { oftener.contains(piece) ? 2 : once.contains(piece) ? 1 : 0 }
}

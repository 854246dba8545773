import BasicContainers

/// Who has which pieces of one blob, of those who may be asked for any.
///
/// A row of bits for each piece, one for each peer: what a peer tells is mostly one piece, and what is asked is mostly who has one of a few. With a set of
/// its own for each peer every question would go to as many places in memory as there are peers.
struct PieceHolders: ~Copyable, Sendable {
    typealias Word = PeerSet.Word

    let pieceCount: Int
    /// Pieces that any peer has.
    private(set) var available: PieceSet
    /// The first row tells which peers make an offer, be it an empty one; the one after it who has piece 0, and so on.
    private var rows: UniqueArray<Word>
    /// Words of a row.
    private var width = 1

    init(pieceCount: Int) {
        self.pieceCount = pieceCount
        available = PieceSet(pieceCount: pieceCount)
        rows = UniqueArray(repeating: 0, count: pieceCount + 1)
    }

    // MARK: Questions

    /// Whether the peer has said what it can serve.
    ///
    /// - Parameter peer: its index; there must be room for it.
    @inline(__always)
    func isOffering(_ peer: Int) -> Bool { holds(-1, peer) }

    @inline(__always)
    func has(_ piece: Int, _ peer: Int) -> Bool {
        piece >= 0 && piece < pieceCount && holds(piece, peer)
    }

    /// The same, of a piece that the blob has for sure.
    @inline(__always)
    func holds(_ piece: Int, _ peer: Int) -> Bool { rows[word(piece, peer)] & Self.bit(peer) != 0 }

    /// Whether the peer has any of the pieces, which are of this blob.
    @inline(__always)
    func hasAny(of pieces: PieceSet, _ peer: Int) -> Bool {
        var isFound = false
        pieces.forEachMember { piece in
            isFound = holds(piece, peer)
            return !isFound
        }
        return isFound
    }

    /// The first piece from `start` on that the peer has; `pieceCount` when there is none.
    func firstPiece(of peer: Int, from start: Int = 0, where isMeant: (Int) -> Bool = { _ in true }) -> Int {
        (max(0, start)..<max(0, start, pieceCount)).first { has($0, peer) && isMeant($0) } ?? pieceCount
    }

    func isSeed(_ peer: Int) -> Bool { isOffering(peer) && (0..<pieceCount).allSatisfy { has($0, peer) } }

    /// All that the peer has; nil if it makes no offer.
    func offer(of peer: Int) -> PieceSet? {
        guard isOffering(peer) else { return nil }
        var offer = PieceSet(pieceCount: pieceCount)
        for piece in 0..<pieceCount where has(piece, peer) { offer.insert(piece) }
        return offer
    }

    /// How many peers have the piece.
    @inline(__always)
    func count(of piece: Int) -> Int {
        let first = word(piece, 0)
        guard width > 1 else { return rows[first].nonzeroBitCount }
        return (0..<width).reduce(0) { $0 + rows[first + $1].nonzeroBitCount }
    }

    /// Which peers have any of the pieces, which are of this blob.
    @inline(__always)
    func find(havingAnyOf pieces: PieceSet, _ peers: inout PeerSet) {
        peers.removeAll()
        for column in 0..<width {
            var word: Word = 0
            pieces.forEachMember { piece in
                word |= rows[self.word(piece, 0) &+ column]
                return true
            }
            peers.append(word)
        }
    }

    // MARK: Changes

    /// The peer has one more piece.
    ///
    /// - Returns: whether it was new. A number outside of the blob changes nothing.
    @inline(__always)
    mutating func insert(_ piece: Int, _ peer: Int) -> Bool {
        guard piece >= 0, piece < pieceCount else { return false }
        let index = word(piece, peer)
        let before = rows[index]
        guard before & Self.bit(peer) == 0 else { return false }
        rows[index] = before | Self.bit(peer)
        // Where others have it, all that is available need not be looked at.
        if before == 0 { available.insert(piece) }
        return true
    }

    /// - Returns: whether the peer had the piece.
    mutating func remove(_ piece: Int, _ peer: Int) -> Bool {
        guard has(piece, peer) else { return false }
        rows[word(piece, peer)] &= ~Self.bit(peer)
        if count(of: piece) == 0 { available.remove(piece) }
        return true
    }

    /// The peer says what it can serve, of a blob with as many pieces.
    mutating func take(_ offer: PieceSet, of peer: Int) {
        rows[word(-1, peer)] |= Self.bit(peer)
        for piece in offer { _ = insert(piece, peer) }
    }

    /// The peer makes no offer any more.
    mutating func withdraw(_ peer: Int) {
        guard isOffering(peer) else { return }
        rows[word(-1, peer)] &= ~Self.bit(peer)
        for piece in 0..<pieceCount { _ = remove(piece, peer) }
    }

    /// Makes room for so many peers.
    mutating func makeRoom(for peers: Int) {
        let needed = (peers + Word.bitWidth - 1) / Word.bitWidth
        guard needed > width else { return }
        var wider = UniqueArray<Word>(repeating: 0, count: (pieceCount + 1) * needed)
        for row in 0...pieceCount { for index in 0..<width { wider[row * needed + index] = rows[row * width + index] } }
        rows = wider
        width = needed
    }

    /// The peer is gone, and those after it move up, as in an array of peers.
    mutating func removePeer(_ peer: Int) {
        withdraw(peer)
        let (place, below) = (peer / Word.bitWidth, Self.bit(peer) - 1)
        for row in 0...pieceCount {
            let first = row * width
            for index in place..<width {
                let word = rows[first + index]
                let kept = index == place ? word & below : 0
                let moved = index == place ? (word >> 1) & ~below : word >> 1
                let carried = index + 1 < width ? rows[first + index + 1] << Word(Word.bitWidth - 1) : 0
                rows[first + index] = kept | moved | carried
            }
        }
    }

    @inline(__always)
    private static func bit(_ peer: Int) -> Word { 1 &<< Word(truncatingIfNeeded: peer) }

    /// Where the bit of a peer is in the row of a piece, or in that of who makes an offer, which comes before that of piece 0.
    @inline(__always)
    private func word(_ piece: Int, _ peer: Int) -> Int { (piece &+ 1) &* width &+ peer >> Word.bitWidth.trailingZeroBitCount }
}

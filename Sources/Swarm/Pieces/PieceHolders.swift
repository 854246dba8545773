import BasicContainers

/// Who has which pieces of one blob, of those who may be asked for any.
///
/// Kept both ways, by piece and by peer, as mostly it is asked who has one of a few pieces, and else what one peer has of many; and each way in one
/// place: with a set of its own for each peer every question would go to as many places in memory as there are peers. In all four bytes a piece, four
/// more for each 32 peers that there is room for, and a bit for each peer.
struct PieceHolders: ~Copyable, Sendable {
    typealias Word = PeerSet.Word

    let pieceCount: Int
    /// Pieces that any peer has.
    private(set) var available: PieceSet
    /// A row for each piece, with a bit for each peer. The first tells which peers make an offer, be it an empty one; the one after it who has piece 0,
    /// and so on. The first word of a row is how many these are, the bits are in the others.
    private var rows: UniqueArray<Word>
    /// Words of a row's bits.
    private var width = 1
    /// What each peer has, as the words of a `PieceSet`, one peer's after the other's.
    private var offers = UniqueArray<UInt64>()
    /// Words of one.
    private let length: Int

    init(pieceCount: Int) {
        self.pieceCount = pieceCount
        length = (pieceCount + 63) / 64
        available = PieceSet(pieceCount: pieceCount)
        rows = UniqueArray(repeating: 0, count: 2 * (pieceCount + 1))
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
        if pieces.count > Self.few {
            forEachPiece(of: peer, in: pieces) { _ in
                isFound = true
                return false
            }
        } else {
            pieces.forEachMember { piece in
                isFound = holds(piece, peer)
                return !isFound
            }
        }
        return isFound
    }

    /// So many pieces are looked up one by one; for more, all that the peer has is gone through. Not tuned.
    private static var few: Int { 24 }

    /// Visits those of the pieces, which are of this blob, that the peer has, in ascending order, until `body` returns false.
    @inline(__always)
    func forEachPiece(of peer: Int, in pieces: PieceSet, _ body: (Int) -> Bool) {
        let first = peer &* length
        for index in 0..<length {
            var word = offers[first &+ index] & pieces.word(index)
            while word != 0 {
                guard body(index &<< 6 | word.trailingZeroBitCount) else { return }
                word &= word &- 1
            }
        }
    }

    /// Takes what the peer has out of a set of this blob's pieces.
    func takeOut(of pieces: inout PieceSet, offerOf peer: Int) {
        for index in 0..<length { pieces.remove(offers[peer * length + index], at: index) }
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
    func count(of piece: Int) -> Int { Int(rows[row(piece)]) }

    /// Which peers have any of the pieces, which are of this blob. Of many pieces most peers have some: then it is all that make an offer.
    @inline(__always)
    func find(havingAnyOf pieces: PieceSet, _ peers: inout PeerSet) {
        peers.removeAll()
        for column in 1...width {
            let all = rows[row(-1) &+ column]
            var word = pieces.count > Self.few ? all : 0
            pieces.forEachMember { piece in
                guard word != all else { return false }
                word |= rows[row(piece) &+ column]
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
        guard !holds(piece, peer) else { return false }
        flip(piece, peer, +1)
        // Where others have it, all that is available need not be looked at.
        if count(of: piece) == 1 { available.insert(piece) }
        return true
    }

    /// - Returns: whether the peer had the piece.
    mutating func remove(_ piece: Int, _ peer: Int) -> Bool {
        guard has(piece, peer) else { return false }
        flip(piece, peer, -1)
        if count(of: piece) == 0 { available.remove(piece) }
        return true
    }

    /// The peer says what it can serve, of a blob with as many pieces.
    mutating func take(_ offer: PieceSet, of peer: Int) {
        if !isOffering(peer) { flip(-1, peer, +1) }
        for piece in offer { _ = insert(piece, peer) }
    }

    /// The peer makes no offer any more.
    mutating func withdraw(_ peer: Int) {
        guard isOffering(peer) else { return }
        flip(-1, peer, -1)
        for index in 0..<length {
            var word = offers[peer * length + index]
            while word != 0 {
                _ = remove(index << 6 | word.trailingZeroBitCount, peer)
                word &= word - 1
            }
        }
    }

    @inline(__always)
    private mutating func flip(_ piece: Int, _ peer: Int, _ change: Int) {
        let place = row(piece)
        rows[place] = Word(truncatingIfNeeded: Int(rows[place]) + change)
        rows[word(piece, peer)] ^= Self.bit(peer)
        if piece >= 0 { offers[peer &* length &+ piece >> 6] ^= 1 &<< UInt64(truncatingIfNeeded: piece) }
    }

    /// Makes room for so many peers.
    mutating func makeRoom(for peers: Int) {
        while offers.count < peers * length { offers.append(0) }
        let needed = (peers + Word.bitWidth - 1) / Word.bitWidth
        guard needed > width else { return }
        var wider = UniqueArray<Word>(repeating: 0, count: (pieceCount + 1) * (needed + 1))
        for row in 0...pieceCount { for index in 0...width { wider[row * (needed + 1) + index] = rows[row * (width + 1) + index] } }
        rows = wider
        width = needed
    }

    /// The peer is gone, and those after it move up, as in an array of peers. For the last one, as a newcomer is, no row is looked at.
    mutating func removePeer(_ peer: Int) {
        withdraw(peer)
        for index in peer * length..<max(peer * length, offers.count - length) { offers[index] = offers[index + length] }
        offers.removeLast(min(length, offers.count))
        guard peer * length < offers.count else { return }
        let (place, below) = (peer / Word.bitWidth, Self.bit(peer) - 1)
        for piece in -1..<pieceCount {
            let first = row(piece) + 1
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

    /// Where the row of a piece begins, or that of who makes an offer, which comes before that of piece 0.
    @inline(__always)
    private func row(_ piece: Int) -> Int { (piece &+ 1) &* (width &+ 1) }

    /// Where the bit of a peer is.
    @inline(__always)
    private func word(_ piece: Int, _ peer: Int) -> Int { row(piece) &+ 1 &+ peer >> Word.bitWidth.trailingZeroBitCount }
}

/// Chooses which piece to ask of a peer next: what a waiting client needs first, else the rarest, ties broken at random.
///
/// The random tie matters: where every node breaks ties alike, all ask for the same piece and have nothing to trade.
struct PiecePicker: Sendable {
    /// Pieces ahead of a client's position that are fetched in order rather than by rarity.
    static let streamingWindow = 4

    /// How many connected peers have each piece.
    private(set) var availability: [UInt16]
    /// Those that any of them has.
    private(set) var available: PieceSet

    init(pieceCount: Int) {
        availability = Array(repeating: 0, count: pieceCount)
        available = PieceSet(pieceCount: pieceCount)
    }

    mutating func add(_ pieces: PieceSet) {
        for piece in pieces { add(piece: piece) }
    }

    mutating func add(piece: Int) {
        availability[piece] &+= 1
        available.insert(piece)
    }

    mutating func remove(piece: Int) {
        availability[piece] &-= 1
        if availability[piece] == 0 { available.remove(piece) }
    }

    mutating func remove(_ pieces: PieceSet) {
        for piece in pieces { remove(piece: piece) }
    }

    /// - Parameters:
    ///   - offered: what the peer can serve.
    ///   - wanted: what may be requested now.
    ///   - positions: the pieces that this node's clients wait for, one per client.
    /// - Returns: nil when the peer has nothing that is wanted.
    func pick(from offered: PieceSet, wanted: PieceSet, positions: [Int], using random: inout SeededGenerator) -> Int? {
        for position in positions {
            for piece in position..<max(position, min(position + Self.streamingWindow, availability.count))
            where offered.contains(piece) && wanted.contains(piece) {
                return piece
            }
        }
        // Twice through the candidates costs less than a random number for each tie.
        var rarity = UInt16.max
        var ties = 0
        offered.forEachCommon(with: wanted) { piece in
            let own = availability[piece]
            if own < rarity { (rarity, ties) = (own, 1) } else if own == rarity { ties += 1 }
            return true
        }
        guard ties > 0 else { return nil }
        var left = Int(random.next(upperBound: UInt64(ties)))
        var best: Int?
        offered.forEachCommon(with: wanted) { piece in
            guard availability[piece] == rarity else { return true }
            best = piece
            left -= 1
            return left >= 0
        }
        return best
    }
}

/// Chooses which piece to ask of a peer next: what a waiting client needs first, else the rarest, ties broken at random.
///
/// The random tie matters: where every node breaks ties alike, all ask for the same piece and have nothing to trade.
struct PiecePicker: Sendable {
    /// Pieces ahead of a client's position that are fetched in order rather than by rarity.
    static let streamingWindow = 4

    /// How many connected peers have each piece.
    private(set) var availability: [UInt16]

    init(pieceCount: Int) {
        availability = Array(repeating: 0, count: pieceCount)
    }

    mutating func add(_ pieces: PieceSet) {
        for piece in pieces { availability[piece] &+= 1 }
    }

    mutating func add(piece: Int) { availability[piece] &+= 1 }

    mutating func remove(piece: Int) { availability[piece] &-= 1 }

    mutating func remove(_ pieces: PieceSet) {
        for piece in pieces { availability[piece] &-= 1 }
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
        var best: Int?
        var rarity = UInt16.max
        var ties: UInt64 = 0
        var piece = offered.firstCommon(with: wanted)
        while piece < offered.pieceCount {
            if availability[piece] <= rarity {
                if availability[piece] < rarity {
                    rarity = availability[piece]
                    best = piece
                    ties = 1
                } else {
                    ties += 1
                    if random.next() % ties == 0 { best = piece }
                }
            }
            piece = offered.firstCommon(with: wanted, from: piece + 1)
        }
        return best
    }
}

/// Chooses which piece to ask of a peer next: what a waiting client needs first, else the rarest, ties broken at random.
///
/// The random tie matters: where every node breaks ties alike, all ask for the same piece and have nothing to trade.
extension PieceHolders {
    /// Pieces ahead of a client's position that are fetched in order rather than by rarity.
    static let streamingWindow = 4

    /// - Parameters:
    ///   - peer: its index.
    ///   - wanted: what may be requested now.
    ///   - positions: the pieces that this node's clients wait for, one per client.
    /// - Returns: nil when the peer has nothing that is wanted.
    func pick(from peer: Int, wanted: PieceSet, positions: [Int], using random: inout SeededGenerator) -> Int? {
        for position in positions {
            for piece in position..<max(position, min(position + Self.streamingWindow, pieceCount))
            where wanted.contains(piece) && has(piece, peer) {
                return piece
            }
        }
        // Twice through the candidates costs less than a random number for each tie.
        var rarity = Int.max
        var ties = 0
        var best: Int?
        forEachPiece(of: peer, in: wanted) { piece in
            let own = count(of: piece)
            if own < rarity { (rarity, ties, best) = (own, 1, piece) } else if own == rarity { ties += 1 }
            return true
        }
        guard ties > 0 else { return nil }
        var left = Int(random.next(upperBound: UInt64(ties)))
        guard left > 0 else { return best }
        forEachPiece(of: peer, in: wanted) { piece in
            guard count(of: piece) == rarity else { return true }
            best = piece
            left -= 1
            return left >= 0
        }
        return best
    }
}

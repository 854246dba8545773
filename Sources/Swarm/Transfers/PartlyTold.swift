/// Pieces that the node has and that only some of its peers were told of.
struct PartlyTold: Sendable {
    /// In the order of rounds of telling: what was told in one round was told to the same peers.
    private var pieces: [(piece: Int, round: Int)] = []
    private var told: [(peer: ConnectionID, round: Int)] = []
    private var rounds = 0

    var isEmpty: Bool { pieces.isEmpty }

    /// Forgets all, but keeps the memory.
    mutating func clear() {
        pieces.removeAll(keepingCapacity: true)
        told.removeAll(keepingCapacity: true)
        rounds = 0
    }

    mutating func add(_ pieces: [Int], toldTo peers: [ConnectionID]) {
        for piece in pieces { self.pieces.append((piece, rounds)) }
        for peer in peers { told.append((peer, rounds)) }
        rounds += 1
    }

    /// Those that the peer was not told of and is not known to have.
    ///
    /// - Parameter isKnown: whether it is known to have the piece.
    @inline(__always)
    func unknown(to peer: ConnectionID, besides isKnown: (_ piece: Int) -> Bool) -> PieceList {
        var unknown = PieceList()
        var next = told.startIndex
        for (piece, round) in pieces {
            // Of most it is known.
            if isKnown(piece) { continue }
            while next < told.endIndex, told[next].round < round || told[next].round == round && told[next].peer != peer { next += 1 }
            if next < told.endIndex, told[next].round == round { continue }
            unknown.append(UInt32(piece))
        }
        return unknown
    }
}

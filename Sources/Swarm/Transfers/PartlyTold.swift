/// Pieces that the node has and that only some of its peers were told of.
///
/// By rounds of telling, as what was told in one round was told to the same peers: with a round beside each piece and each peer, this was a tenth of the
/// memory of a simulated cluster.
struct PartlyTold: Sendable {
    private var pieces: [UInt32] = []
    private var told: [ConnectionID] = []
    /// Where in either each round ends.
    private var ends: [(pieces: Int32, told: Int32)] = []

    var isEmpty: Bool { pieces.isEmpty }

    /// Forgets all, but keeps the memory.
    mutating func clear() {
        pieces.removeAll(keepingCapacity: true)
        told.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }

    mutating func add(_ pieces: [Int], toldTo peers: [ConnectionID]) {
        for piece in pieces { self.pieces.append(UInt32(piece)) }
        told.append(contentsOf: peers)
        ends.append((Int32(self.pieces.count), Int32(told.count)))
    }

    /// Those that the peer was not told of and is not known to have, in the order in which they were added.
    ///
    /// - Parameter isKnown: whether it is known to have the piece.
    @inline(__always)
    func unknown(to peer: ConnectionID, besides isKnown: (_ piece: Int) -> Bool) -> PieceList {
        var unknown = PieceList()
        var begin = 0
        for round in ends.indices {
            let end = Int(ends[round].pieces)
            defer { begin = end }
            // Of most pieces it is known.
            guard let first = (begin..<end).first(where: { !isKnown(Int(pieces[$0])) }), !wasTold(peer, in: round) else { continue }
            for index in first..<end where !isKnown(Int(pieces[index])) { unknown.append(pieces[index]) }
        }
        return unknown
    }

    @inline(__always)
    private func wasTold(_ peer: ConnectionID, in round: Int) -> Bool {
        let first = round == 0 ? 0 : Int(ends[round - 1].told)
        return told[first..<Int(ends[round].told)].contains(peer)
    }
}

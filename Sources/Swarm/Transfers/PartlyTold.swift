/// Pieces that the node has and that only some of its peers were told of.
struct PartlyTold: Sendable {
    /// Pieces of one round of telling were told to the same peers. Each round has a bit of its own.
    private(set) var pieces: [(piece: Int, round: UInt64)] = []
    private var told: [(peer: ConnectionID, round: UInt64)] = []
    private var nextRound: UInt64 = 1

    var isEmpty: Bool { pieces.isEmpty }

    /// Beyond so many rounds as there are bits, pieces count as told to nobody: some peers hear of them twice.
    mutating func add(_ pieces: [Int], toldTo peers: [ConnectionID]) {
        for piece in pieces { self.pieces.append((piece, nextRound)) }
        if nextRound > 0 { for peer in peers { told.append((peer, nextRound)) } }
        nextRound <<= 1
    }

    func rounds(toldTo peer: ConnectionID) -> UInt64 {
        var rounds: UInt64 = 0
        for (other, round) in told where other == peer { rounds |= round }
        return rounds
    }
}

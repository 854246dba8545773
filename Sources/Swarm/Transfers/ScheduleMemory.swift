/// A peer that may be asked.
struct Askable: Sendable {
    /// In the transfer's sources.
    let index: Int
    /// Bytes, before this round of asking.
    let owed: Int
}

/// What `BlobTransfer.schedule` works with, in memory that is kept from one event to the next: it would else be asked for and given back at each.
struct ScheduleMemory: Sendable {
    /// Who may be asked for more.
    var askable: [Askable] = []
    /// Pieces that clients wait for.
    var positions: [Int] = []
    /// What may be asked for.
    var wanted = PieceSet(pieceCount: 0)
    /// Who had any of that when it was looked at last: most have not.
    var helpful = PeerSet()
    /// After how long what another peer was asked for may be asked for once more; nil if that is not looked at now.
    var late: Duration?

    /// Puts a peer among those from `start` on: whoever owes less comes first, of those that owe as much whoever was added first.
    mutating func add(_ peer: Askable, from start: Int) {
        askable.append(peer)
        var place = askable.count - 1
        while place > start, askable[place - 1].owed > peer.owed {
            askable[place] = askable[place - 1]
            place -= 1
        }
        askable[place] = peer
    }
}

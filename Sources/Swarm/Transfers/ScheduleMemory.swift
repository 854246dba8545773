/// A peer that may be asked.
struct Askable: Sendable {
    /// In the transfer's sources.
    let index: Int
    /// Bytes.
    let owed: Int
}

/// Memory in which `BlobTransfer.schedule` works, kept from one event to the next: it would else be asked for and given back at each.
struct ScheduleMemory: Sendable {
    var askable: [Askable] = []
    var positions: [Int] = []
    var wanted = PieceSet(pieceCount: 0)

    /// Taken out while it is worked in, so that there is one owner.
    mutating func takeAskable() -> [Askable] { Self.take(&askable) }
    mutating func takePositions() -> [Int] { Self.take(&positions) }

    mutating func takeWanted() -> PieceSet {
        var taken = PieceSet(pieceCount: 0)
        swap(&taken, &wanted)
        return taken
    }

    private static func take<Item>(_ list: inout [Item]) -> [Item] {
        var taken: [Item] = []
        swap(&taken, &list)
        taken.removeAll(keepingCapacity: true)
        return taken
    }
}

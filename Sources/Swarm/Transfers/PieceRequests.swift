/// One piece asked of one peer.
struct PieceRequest: Sendable {
    let piece: Int
    /// Bytes of the piece.
    let length: Int
    let connection: ConnectionID
    let askedAt: Instant
    var received = 0

    init(piece: Int, length: Int, connection: ConnectionID, now: Instant) {
        self.piece = piece
        self.length = length
        self.connection = connection
        self.askedAt = now
    }

    /// The last of it has come, or is being read.
    var isWhole: Bool { received == length }
}

/// What one transfer has asked of peers and not yet got whole, in the order in which it was asked.
///
/// A plain array, searched from end to end: it holds some dozens of entries without a reference in them, and is looked through at every
/// frame that arrives.
struct PieceRequests: Sendable {
    private(set) var entries: [PieceRequest] = []
    /// The pieces asked for, of one or of several peers.
    private(set) var pieces: PieceSet
    /// What gathering them takes in memory, bytes: each is gathered whole.
    private(set) var bytes = 0

    init(pieceCount: Int) { pieces = PieceSet(pieceCount: pieceCount) }

    var isEmpty: Bool { entries.isEmpty }

    func index(of piece: Int, from connection: ConnectionID) -> Int? {
        guard pieces.contains(piece) else { return nil }
        return entries.firstIndex { $0.piece == piece && $0.connection == connection }
    }

    /// Whether one peer, and no other, was asked for the piece.
    func isAskedOnce(_ piece: Int) -> Bool {
        var count = 0
        for entry in entries where entry.piece == piece { count += 1 }
        return count == 1
    }

    mutating func add(_ request: PieceRequest) {
        entries.append(request)
        pieces.insert(request.piece)
        bytes += request.length
    }

    /// Bytes of the request at `index` have come.
    mutating func receive(_ count: Int, at index: Int) { entries[index].received += count }

    @discardableResult
    mutating func remove(at index: Int) -> PieceRequest {
        let entry = entries.remove(at: index)
        bytes -= entry.length
        if !entries.contains(where: { $0.piece == entry.piece }) { pieces.remove(entry.piece) }
        return entry
    }

    /// - Returns: what was removed, in the order in which it was asked.
    mutating func remove(where isGone: (PieceRequest) -> Bool) -> [PieceRequest] {
        guard entries.contains(where: isGone) else { return [] }
        let gone = entries.filter(isGone)
        entries.removeAll(where: isGone)
        for entry in gone {
            bytes -= entry.length
            pieces.remove(entry.piece)
        }
        for entry in entries { pieces.insert(entry.piece) }
        return gone
    }
}

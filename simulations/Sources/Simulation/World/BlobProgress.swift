import Swarm

/// What is known of the blobs that come to a node, besides what its policy knows.
///
/// They are few at a time, and looked through one after the other, at each piece.
struct BlobProgress {
    private struct Entry {
        let blob: Int
        var recorded: PieceSet
        var position: Int?
    }

    private var entries: [Entry] = []

    private func index(of blob: Int) -> Int? { entries.firstIndex { $0.blob == blob } }

    private mutating func place(of blob: Int) -> Int {
        if let index = index(of: blob) { return index }
        entries.append(Entry(blob: blob, recorded: PieceSet(pieceCount: 0)))
        return entries.count - 1
    }

    // MARK: What a restart finds

    /// Pieces that are verified against states that are believed, and stored; nil for none.
    func recorded(_ blob: Int) -> PieceSet? {
        guard let index = index(of: blob), !entries[index].recorded.isEmpty else { return nil }
        return entries[index].recorded
    }

    mutating func record(_ piece: Int, of blob: Int, pieceCount: Int) {
        let index = place(of: blob)
        if entries[index].recorded.pieceCount != pieceCount { entries[index].recorded = PieceSet(pieceCount: pieceCount) }
        entries[index].recorded.insert(piece)
    }

    mutating func forget(_ pieces: [Int], of blob: Int) {
        guard let index = index(of: blob) else { return }
        for piece in pieces { entries[index].recorded.remove(piece) }
    }

    /// It is whole, or begun anew.
    mutating func forget(_ blob: Int) { entries.removeAll { $0.blob == blob } }

    // MARK: Clients

    /// The piece that the client waits for.
    func position(in blob: Int) -> Int? { index(of: blob).flatMap { entries[$0].position } }

    mutating func move(to piece: Int, in blob: Int) { entries[place(of: blob)].position = piece }

    /// The clients died with the node.
    mutating func forgetPositions() {
        for index in entries.indices { entries[index].position = nil }
    }
}

import Swarm

extension PartialBlob.State {
    func requireOpen(_ digest: Digest) throws(BlobStoreError) {
        switch phase {
        case .open: return
        case .finishing, .whole: throw .alreadyHeld(digest)
        case .discarded: throw .discarded(digest)
        }
    }

    func agrees(with link: PieceLink) -> Bool {
        states.agrees(link.start, at: link.piece) && states.agrees(link.end, at: link.piece + 1)
    }

    /// Drops what stands against the piece's states.
    mutating func makeWay(for link: PieceLink) throws(BlobStoreError) {
        try makeWay(for: [(link.piece, link.start), (link.piece + 1, link.end)])
    }

    /// Drops the pieces that link to other states than these, unless one is recorded: then nothing is dropped.
    mutating func makeWay(for wanted: [(index: Int, state: ChainState)]) throws(BlobStoreError) {
        let conflicts = wanted.filter { !states.agrees($0.state, at: $0.index) }.map(\.index)
        for index in conflicts where index == 0 || index == states.layout.pieceCount || recordedStates.contains(index) {
            throw .contradictingState(states.digest, piece: min(index, states.layout.lastPiece))
        }
        // A recorded piece has recorded states, so no piece that is dropped here needs to be taken out of the index.
        _ = forget(conflicts.flatMap { [$0 - 1, $0] }, of: states.digest)
    }

    /// Takes in a piece that is in the file.
    mutating func take(_ link: PieceLink) {
        written.insert(link.piece)
        states.set(link.start, at: link.piece)
        states.set(link.end, at: link.piece + 1)
    }

    /// What records a written piece with the states at both its ends.
    mutating func record(_ piece: Int) -> [IndexChange] {
        guard written.contains(piece), recorded.insert(piece) else { return [] }
        return recordStates(piece..<piece + 2) + [.recordPiece(states.digest, piece: piece)]
    }

    /// What records the known states of these indices.
    mutating func recordStates(_ indices: Range<Int>) -> [IndexChange] {
        var changes: [IndexChange] = []
        var run: StateList?
        for index in indices {
            if index > 0, index < states.layout.pieceCount, let state = states[index], recordedStates.insert(index) {
                run = run ?? StateList(states.digest.algorithm, first: index)
                run?.append(state)
            } else if let list = run {
                changes.append(.recordStates(states.digest, list))
                run = nil
            }
        }
        if let run { changes.append(.recordStates(states.digest, run)) }
        return changes
    }

    /// What drops pieces. A state stays while a piece that is left links to it.
    mutating func forget(_ pieces: [Int], of digest: Digest) -> [IndexChange] {
        let dropped = pieces.filter { written.remove($0) }
        let unrecorded = dropped.filter { recorded.remove($0) }
        var orphans: [Int] = []
        for index in Set(dropped.flatMap { [$0, $0 + 1] }) where !written.contains(index) && !written.contains(index - 1) {
            states.forget(index)
            if recordedStates.remove(index) { orphans.append(index) }
        }
        var changes: [IndexChange] = []
        if !unrecorded.isEmpty { changes.append(.forgetPieces(digest, unrecorded)) }
        if !orphans.isEmpty { changes.append(.forgetStates(digest, orphans.sorted())) }
        return changes
    }
}

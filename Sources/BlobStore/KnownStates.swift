import Swarm

/// The states of one partial blob that its pieces link to: one value for each S_i, so that pieces which fit it form a chain.
struct KnownStates: Sendable {
    let digest: Digest
    let layout: PieceLayout
    /// S_1 … S_(n-1), packed; what `known` does not name is zero.
    private var bytes: [UInt8] = []
    /// Indices of the states that are known; S_0 and S_n always are and are not listed.
    private(set) var known: PieceSet
    private let initial: ChainState

    init(digest: Digest, layout: PieceLayout) {
        self.digest = digest
        self.layout = layout
        self.known = PieceSet(pieceCount: layout.pieceCount)
        self.initial = PieceVerifier.initialState(digest.algorithm)
    }

    subscript(index: Int) -> ChainState? {
        if index == 0 { return initial }
        if index == layout.pieceCount { return ChainState(digest) }
        guard known.contains(index) else { return nil }
        let width = digest.algorithm.byteCount
        return ChainState(digest.algorithm, bytes: bytes[(index - 1) * width..<index * width])
    }

    /// Whether the state is what is known, or nothing is known yet.
    func agrees(_ state: ChainState, at index: Int) -> Bool { self[index].map { $0 == state } ?? (state.algorithm == digest.algorithm) }

    mutating func set(_ state: ChainState, at index: Int) {
        guard index > 0, index < layout.pieceCount else { return }
        let width = digest.algorithm.byteCount
        if bytes.count < index * width { bytes += [UInt8](repeating: 0, count: index * width - bytes.count) }
        bytes.replaceSubrange((index - 1) * width..<index * width, with: state.bytes)
        known.insert(index)
    }

    mutating func forget(_ index: Int) { known.remove(index) }

    /// The states from S_1 up to the first that is not known.
    var list: StateList {
        var list = StateList(digest.algorithm)
        while list.end < layout.pieceCount, let state = self[list.end] { list.append(state) }
        return list
    }
}

public import Swarm

/// What hashing one piece has shown: from `start`, the piece's bytes lead to `end`.
public struct PieceLink: Hashable, Sendable {
    public let piece: Int
    /// State before the piece: the algorithm's initial value for piece 0.
    public let start: ChainState
    /// State after the piece. For the last piece it is the digest that finalising gives, which has the same length.
    public let end: ChainState

    public init(piece: Int, start: ChainState, end: ChainState) {
        self.piece = piece
        self.start = start
        self.end = end
    }
}

import Cryptography
public import Swarm

/// Hashes a blob that comes in order, in steps of any length, and gathers the states between its pieces on the way.
public struct ChainWalker: ~Copyable, Sendable {
    public let layout: PieceLayout
    /// S_1 … of the pieces that are through.
    public private(set) var states: StateList
    /// Bytes hashed so far.
    public private(set) var byteCount: UInt64 = 0
    private var hash: StreamingHash

    public init(_ algorithm: DigestAlgorithm, layout: PieceLayout) {
        self.layout = layout
        self.states = StateList(algorithm)
        self.hash = StreamingHash(algorithm.hash)
    }

    /// Takes the next bytes. Bytes beyond the blob's size are hashed as well, and make `finish` give another digest.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes
        while !rest.isEmpty {
            let piece = layout.piece(at: byteCount)
            let pieceEnd = layout.offset(of: piece + 1)
            let isLast = piece == layout.lastPiece
            let step = isLast ? rest.count : min(rest.count, Int(pieceEnd - byteCount))
            hash.update(UnsafeRawBufferPointer(rebasing: rest[..<step]))
            rest = UnsafeRawBufferPointer(rebasing: rest[step...])
            byteCount += UInt64(step)
            if !isLast, byteCount == pieceEnd { appendState() }
        }
    }

    /// The digest of all bytes, and the whole list S_1 … S_(n-1) when there were as many as the layout says.
    public consuming func finish() -> (digest: Digest, states: StateList) {
        let states = states
        guard let digest = Digest(states.algorithm, bytes: hash.finalise()) else {
            preconditionFailure("a hash gives a digest of its algorithm's length")
        }
        return (digest, states)
    }

    private mutating func appendState() {
        guard let bytes = try? hash.exportState(), let state = ChainState(states.algorithm, bytes: bytes) else {
            preconditionFailure("pieces end at block boundaries")
        }
        states.append(state)
    }
}

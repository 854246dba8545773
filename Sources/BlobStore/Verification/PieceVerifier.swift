import Cryptography
public import Swarm

/// Checks single pieces of one blob against its digest chain, in any order and on any thread.
public struct PieceVerifier: Sendable {
    public let digest: Digest
    public let layout: PieceLayout

    public init(digest: Digest, layout: PieceLayout) {
        self.digest = digest
        self.layout = layout
    }

    /// S_0: the state before the first piece (FIPS 180-4, section 5.3).
    public var initialState: ChainState { Self.initialState(digest.algorithm) }

    /// S_n: the digest takes the place of the state after the last piece.
    public var finalState: ChainState { ChainState(digest) }

    /// Hashes a piece from the state before it.
    ///
    /// - Parameters:
    ///   - bytes: the whole piece.
    ///   - start: state before the piece; nil is the initial value, which is also what piece 0 gets in any case.
    ///   - end: state that the piece should lead to; nil is the digest for the last piece, and "wherever it leads" for another,
    ///     which is how the states of a stream from the origin come to be.
    public func check(_ bytes: UnsafeRawBufferPointer, piece: Int, start: ChainState?, end: ChainState?) -> PieceCheck {
        guard piece >= 0, piece < layout.pieceCount else { return .malformed("the blob has no piece \(piece)") }
        let length = layout.length(of: piece)
        guard bytes.count == length else { return .malformed("piece \(piece) has \(bytes.count) bytes where \(length) belong") }
        let begin = piece == 0 ? initialState : start ?? initialState
        guard begin.algorithm == digest.algorithm else {
            return .malformed("the state before piece \(piece) is not \(digest.algorithm.name)")
        }
        let isLast = piece == layout.lastPiece
        let result: [UInt8]
        do {
            var hash = try StreamingHash(digest.algorithm.hash, resuming: begin.bytes, afterBytes: layout.offset(of: piece))
            hash.update(bytes)
            result = isLast ? hash.finalise() : try hash.exportState()
        } catch {
            return .malformed(error.description)
        }
        guard let reached = ChainState(digest.algorithm, bytes: result) else { return .malformed("the hash gave \(result.count) bytes") }
        let link = PieceLink(piece: piece, start: begin, end: reached)
        let goal = isLast ? finalState : end ?? reached
        return reached == goal ? .links(link) : .breaks(link)
    }

    /// The same with the bytes in an array.
    public func check(_ bytes: [UInt8], piece: Int, start: ChainState?, end: ChainState?) -> PieceCheck {
        bytes.withUnsafeBytes { check($0, piece: piece, start: start, end: end) }
    }

    static func initialState(_ algorithm: DigestAlgorithm) -> ChainState {
        guard let bytes = try? StreamingHash(algorithm.hash).exportState(), let state = ChainState(algorithm, bytes: bytes) else {
            preconditionFailure("a fresh hash has a state of the algorithm's length")
        }
        return state
    }
}

extension ChainState {
    /// The digest, in the place of the state after the last piece.
    init(_ digest: Digest) {
        guard let state = ChainState(digest.algorithm, bytes: digest.bytes) else {
            preconditionFailure("a digest is as long as its algorithm's state")
        }
        self = state
    }
}

extension DigestAlgorithm {
    var hash: HashAlgorithm {
        switch self {
        case .sha256: .sha256
        case .sha512: .sha512
        }
    }
}

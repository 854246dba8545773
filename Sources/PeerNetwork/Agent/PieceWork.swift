import BlobStore
import Swarm

/// What pool threads do with a whole piece.
enum PieceWork {
    /// Hashes the piece over its link and writes it if the link holds.
    ///
    /// - Returns: whether it holds.
    static func store(
        _ bytes: UnsafeRawBufferPointer, _ piece: Int, _ link: DigestChain.Link, in partial: PartialBlob, isTrusted: Bool
    ) throws -> Bool {
        switch partial.verifier.check(bytes, piece: piece, start: link.start, end: link.end) {
        case .links(let found):
            try partial.write(bytes, found, isTrusted: isTrusted)
            return true
        case .breaks, .malformed: return false
        }
    }

    /// Hashes a piece that the origin sent, from a state that is known, and writes it.
    ///
    /// - Returns: the state after it; for the last piece the digest's, which tells whether the blob is right.
    static func storeFromOrigin(
        _ bytes: UnsafeRawBufferPointer, _ piece: Int, start: ChainState?, in partial: PartialBlob
    ) throws -> OriginPiece {
        switch partial.verifier.check(bytes, piece: piece, start: start, end: nil) {
        case .links(let found):
            try partial.write(bytes, found)
            return piece == partial.verifier.layout.lastPiece ? .last : .state(found.end)
        case .breaks, .malformed: return .contradictsDigest
        }
    }

    enum OriginPiece: Sendable {
        case state(ChainState)
        case last
        case contradictsDigest
    }
}

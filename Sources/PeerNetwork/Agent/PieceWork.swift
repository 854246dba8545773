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
}

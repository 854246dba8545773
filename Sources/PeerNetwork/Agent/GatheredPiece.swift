import BlobStore
import Swarm

/// All bytes of a piece that a peer sent, on their way through hashing into the store.
struct GatheredPiece: Sendable {
    let check: CheckOrder
    let buffer: PieceBuffer
    /// Bytes of the piece.
    let length: Int

    /// Hashes the piece over its link and writes it if the link holds. On a thread of the pool.
    ///
    /// - Returns: whether it holds.
    func store(in partial: PartialBlob) throws -> Bool {
        try buffer.withBytes(length) { bytes in
            switch partial.verifier.check(bytes, piece: check.piece, start: check.link.start, end: check.link.end) {
            case .links(let found):
                try partial.write(bytes, found, isTrusted: check.isTrusted)
                return true
            case .breaks, .malformed: return false
            }
        }
    }
}

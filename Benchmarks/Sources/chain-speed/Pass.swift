import BlobStore
import Cryptography
import Dispatch
import Swarm
import Synchronization

/// One way of making sure that a blob has its digest.
enum Pass: String {
    /// The whole blob in one pass of libcrypto, on one core.
    case plain
    /// Every piece alone against the digest chain, the pieces dealt out to the threads as agents get them: in no order.
    case chain

    func measure(_ blob: SampleBlob, threads: Int) -> Cost {
        switch self {
        case .plain: Cost.of { Self.hash(blob) }
        case .chain: Cost.of { Self.verify(blob, threads: threads) }
        }
    }

    private static func hash(_ blob: SampleBlob) {
        guard StreamingHash.digest(.sha256, of: blob.bytes) == blob.digest.bytes else { Output.fail("the digest came out wrong") }
    }

    private static func verify(_ blob: SampleBlob, threads: Int) {
        let verifier = PieceVerifier(digest: blob.digest, layout: blob.layout)
        let count = blob.layout.pieceCount
        // An odd step that shares no factor with the count visits every piece once, far from its neighbours.
        var step = count / 2 | 1
        while !step.isCoprime(with: count) { step += 2 }
        let order = (0..<count).map { $0 * step % count }
        let next = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            while true {
                let turn = next.add(1, ordering: .relaxed).oldValue
                guard turn < count else { return }
                let piece = order[turn]
                let start = piece == 0 ? nil : blob.states[piece]
                let end = piece == blob.layout.lastPiece ? nil : blob.states[piece + 1]
                guard case .links = verifier.check(blob.piece(piece), piece: piece, start: start, end: end) else {
                    Output.fail("piece \(piece) does not link")
                }
            }
        }
    }
}

extension Int {
    /// Whether nothing but 1 divides both (Euclid).
    fileprivate func isCoprime(with other: Int) -> Bool {
        var (larger, smaller) = (self, other)
        while smaller != 0 { (larger, smaller) = (smaller, larger % smaller) }
        return larger == 1
    }
}

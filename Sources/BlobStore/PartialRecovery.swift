import LMDB
import Swarm

/// Verifies what an earlier run recorded of a partial blob: a crash may have kept a record and lost the bytes.
struct PartialRecovery {
    let digest: Digest
    let layout: PieceLayout
    let index: Index

    /// - Returns: the states without a gap from S_1 on, the pieces between them that link, and the recorded pieces that do not.
    func run(_ file: OpenFile) throws(BlobStoreError) -> (states: KnownStates, pieces: PieceSet, dropped: [Int]) {
        let (states, recorded) = try load()
        let verifier = PieceVerifier(digest: digest, layout: layout)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: layout.pieceLength, alignment: 64)
        defer { buffer.deallocate() }
        var pieces = PieceSet(pieceCount: layout.pieceCount)
        var dropped: [Int] = []
        for piece in recorded {
            if let start = states[piece], let end = states[piece + 1] {
                let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<layout.length(of: piece)])
                let count = try file.read(into: part, at: layout.offset(of: piece))
                let bytes = UnsafeRawBufferPointer(rebasing: part[..<count])
                if case .links = verifier.check(bytes, piece: piece, start: start, end: end) {
                    pieces.insert(piece)
                    continue
                }
            }
            dropped.append(piece)
        }
        return (states, pieces, dropped)
    }

    private func load() throws(BlobStoreError) -> (KnownStates, [Int]) {
        try index.read { transaction throws(LMDBError) in
            let prefix = DigestKey(digest).bytes
            var states = KnownStates(digest: digest, layout: layout)
            var next: UInt32 = 1
            try transaction.forEach(in: index.states, prefix: prefix) { key, bytes throws(LMDBError) in
                // Beyond a gap nobody could tell where a piece belongs in the chain.
                guard let state = ChainState(digest.algorithm, bytes: bytes), key.number == next else { return .stop }
                states.set(state, at: Int(next))
                next += 1
                return .proceed
            }
            var pieces: [Int] = []
            try transaction.forEach(in: index.pieces, prefix: prefix) { key, _ throws(LMDBError) in
                pieces.append(Int(key.number))
                return .proceed
            }
            return (states, pieces.filter { $0 < layout.pieceCount })
        }
    }
}

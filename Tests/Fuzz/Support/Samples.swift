import Swarm

/// Well-formed values to make seeds of.
enum Samples {
    static let digests = DigestAlgorithm.allCases.compactMap { Digest($0, bytes: (0..<$0.byteCount).map { UInt8($0) }) }
    static let node = NodeID(high: 0x0123_4567_89ab_cdef, low: 42)
    static let size: UInt64 = 10 << 20

    static func hello(_ role: Hello.Role) -> Hello {
        Hello(role: role, node: node, cluster: "default", zone: "zone-a", address: "10.0.0.7:7700")
    }

    /// Every third piece of a blob of `size` bytes.
    static var pieces: PieceSet {
        var pieces = PieceSet(pieceCount: PieceLayout(blobSize: size)?.pieceCount ?? 0)
        for piece in stride(from: 0, to: pieces.pieceCount, by: 3) { pieces.insert(piece) }
        return pieces
    }
}

import Swarm

/// Digests for tests that need some, and a stand-in for SHA-256 where only "the same bytes, the same digest" matters.
enum SampleDigest {
    static let a = of([1])
    static let b = of([2])
    static let sha512 = make(.sha512, [3])

    static func of(_ bytes: [UInt8]) -> Digest { make(.sha256, bytes) }

    private static func make(_ algorithm: DigestAlgorithm, _ bytes: [UInt8]) -> Digest {
        // FNV-1a, stretched.
        var state: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let stretched = (0..<algorithm.byteCount).map { index in
            state = (state ^ UInt64(index)) &* 0x100_0000_01b3
            return UInt8(truncatingIfNeeded: state >> 32)
        }
        guard let digest = Digest(algorithm, bytes: stretched) else { preconditionFailure("a digest has as many bytes as its algorithm") }
        return digest
    }
}

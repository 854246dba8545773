import Cryptography
import Swarm

/// A blob made from nothing: the same bytes for the same seed.
struct Content: Sendable {
    let bytes: [UInt8]
    let digest: Digest

    init(size: Int, seed: UInt64 = 1) throws {
        var generator = SeededGenerator(seed: seed)
        var block = (0..<64 << 10).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        while bytes.count < size {
            // No two pieces are alike.
            for index in 0..<8 { block[index] = UInt8(truncatingIfNeeded: bytes.count >> (8 * index)) }
            bytes.append(contentsOf: block.prefix(size - bytes.count))
        }
        guard let digest = Digest(.sha256, bytes: StreamingHash.digest(.sha256, of: bytes)) else { throw TestFailure("no digest") }
        self.bytes = bytes
        self.digest = digest
    }
}

/// Why a test's own machinery cannot go on.
struct TestFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

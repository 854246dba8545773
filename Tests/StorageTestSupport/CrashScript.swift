import Swarm

/// The blobs that the crashing writer works on, made anew by the test that looks at what is left.
public struct CrashScript: Sendable {
    /// Blobs come in groups of so many; the last of a group tells what is done with each (see `CrashingWriter`).
    public static let groupSize = 4
    private static let sizes = [10, 200_000, 1_000_000, 70_000, 0, 131_072, 500_000, 300_000]

    public let seed: UInt64

    public init(seed: UInt64) { self.seed = seed }

    public func bytes(of blob: Int) -> [UInt8] {
        SeededGenerator.bytes(Self.sizes[blob % Self.sizes.count], seed: seed << 16 | UInt64(blob))
    }

    /// The order in which a blob's pieces are written.
    public func order(of blob: Int, pieceCount: Int) -> [Int] {
        var generator = SeededGenerator(seed: ~seed ^ UInt64(blob))
        return (0..<pieceCount).shuffled(using: &generator)
    }
}

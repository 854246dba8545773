/// Who an agent is, for as long as its data directory lives: 16 random bytes, made on first start.
public struct NodeID: Hashable, Sendable, Comparable, CustomStringConvertible {
    public static let byteCount = 16

    let high: UInt64
    let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// - Returns: nil unless there are exactly 16 bytes.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self.high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        self.low = bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    public var bytes: [UInt8] {
        [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - $0 * 8)) } }
    }

    public var description: String { Hex.encode(bytes) }

    /// Enough to tell two nodes of a cluster apart in a log line.
    public var short: String { Hex.encode(bytes.prefix(4)) }

    public static func < (left: NodeID, right: NodeID) -> Bool { (left.high, left.low) < (right.high, right.low) }
}

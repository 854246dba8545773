/// Names one connection to a peer for as long as the driver lives.
public struct ConnectionID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let rawValue: UInt64

    public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    public static func < (left: ConnectionID, right: ConnectionID) -> Bool { left.rawValue < right.rawValue }

    /// Connections are looked up a dozen times for each piece. The driver numbers them, so that nobody can choose numbers that collide, and
    /// Fibonacci hashing (Knuth, "The Art of Computer Programming", 6.4) will do.
    public func _rawHashValue(seed: Int) -> Int {
        let product = (rawValue ^ UInt64(bitPattern: Int64(seed))) &* 0x9e37_79b9_7f4a_7c15
        return Int(truncatingIfNeeded: product ^ product >> 32)
    }

    public var description: String { "#\(rawValue)" }
}

/// Names one reader of a blob: usually a client's request.
public struct ReaderID: Hashable, Comparable, Sendable {
    public let rawValue: UInt64

    public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    public static func < (left: ReaderID, right: ReaderID) -> Bool { left.rawValue < right.rawValue }
}

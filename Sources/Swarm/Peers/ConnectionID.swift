/// Names one connection to a peer for as long as the driver lives.
public struct ConnectionID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let rawValue: UInt64

    public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    public static func < (left: ConnectionID, right: ConnectionID) -> Bool { left.rawValue < right.rawValue }

    public var description: String { "#\(rawValue)" }
}

/// Names one reader of a blob: usually a client's request.
public struct ReaderID: Hashable, Comparable, Sendable {
    public let rawValue: UInt64

    public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    public static func < (left: ReaderID, right: ReaderID) -> Bool { left.rawValue < right.rawValue }
}

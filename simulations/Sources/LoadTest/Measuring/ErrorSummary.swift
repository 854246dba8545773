/// One kind of error that a run met.
public struct ErrorSummary: Encodable, Sendable, Hashable {
    public let kind: String
    public let count: UInt64
    /// What the first one said, whole.
    public let example: String
}

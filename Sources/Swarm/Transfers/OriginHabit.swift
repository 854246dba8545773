/// What was learnt from one origin, for the next blob that it sends.
public struct OriginHabit: Hashable, Sendable {
    /// It answers a Range request with 200 and everything.
    public var ignoresRanges = false
    /// Streams at a time that were worth it; nil while not measured.
    public var streams: Int?
    /// Bytes a second that these brought.
    public var rate = 0.0

    public init() {}
}

/// How long something took, over all the times that it was done: milliseconds.
public struct TimeSummary: Encodable, Sendable, Hashable {
    /// What was measured.
    public let name: String
    /// How often.
    public let count: UInt64
    public let mean: Double
    public let p50: Double
    public let p90: Double
    public let p99: Double
    public let p999: Double
    public let max: Double

    /// All zero unless told otherwise, for what was never done.
    init(
        name: String, count: UInt64 = 0, mean: Double = 0, p50: Double = 0, p90: Double = 0, p99: Double = 0, p999: Double = 0,
        max: Double = 0
    ) {
        self.name = name
        self.count = count
        self.mean = mean
        self.p50 = p50
        self.p90 = p90
        self.p99 = p99
        self.p999 = p999
        self.max = max
    }
}

import Histogram

/// All times of one kind, in bounded memory: an HDR histogram with three digits from a microsecond to an hour (hdrhistogram.org).
struct TimeRecord: Sendable {
    private static let longestNanoseconds: UInt64 = 3_600_000_000_000

    private var histogram = Histogram<UInt64>(lowestDiscernibleValue: 1_000, highestTrackableValue: longestNanoseconds)

    /// Longer times count as an hour, negative ones as nothing.
    mutating func add(nanoseconds: Int64) {
        histogram.record(min(UInt64(max(0, nanoseconds)), Self.longestNanoseconds))
    }

    mutating func add(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        add(nanoseconds: min(max(0, seconds), 3_600) * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    func summary(_ name: String) -> TimeSummary {
        func milliseconds(_ percentile: Double) -> Double { Double(histogram.valueAtPercentile(percentile)) / 1e6 }
        let count = histogram.totalCount
        guard count > 0 else { return TimeSummary(name: name) }
        return TimeSummary(
            name: name, count: count, mean: histogram.mean / 1e6, p50: milliseconds(50), p90: milliseconds(90), p99: milliseconds(99),
            p999: milliseconds(99.9), max: milliseconds(100))
    }
}

/// How long the last pieces took from being asked for to being whole: what is late is judged by what is usual.
struct DeliveryTimes: Sendable {
    private static let remembered = 64
    /// With fewer than these nothing is usual yet.
    private static let fewest = 8

    /// Nanoseconds.
    private var last: [Int64] = []
    private var next = 0

    mutating func record(_ duration: Duration) {
        if last.count < Self.remembered {
            last.append(duration.inNanoseconds)
        } else {
            last[next] = duration.inNanoseconds
            next = (next + 1) % Self.remembered
        }
    }

    /// The time within which 95 of 100 came; nil while too few did.
    var percentile95: Duration? {
        guard last.count >= Self.fewest else { return nil }
        let sorted = last.sorted()
        return .nanoseconds(sorted[(sorted.count * 95 - 1) / 100])
    }
}

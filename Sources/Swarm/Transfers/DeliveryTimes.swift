/// How long the last pieces took from being asked for to being whole: what is late is judged by what is usual.
struct DeliveryTimes: Sendable {
    private static let remembered = 64
    /// With fewer than these nothing is usual yet.
    private static let fewest = 8

    private var last: [Duration] = []
    private var next = 0

    mutating func record(_ duration: Duration) {
        if last.count < Self.remembered {
            last.append(duration)
        } else {
            last[next] = duration
            next = (next + 1) % Self.remembered
        }
    }

    /// The time within which 95 of 100 came; nil while too few did.
    var percentile95: Duration? {
        guard last.count >= Self.fewest else { return nil }
        let sorted = last.sorted()
        return sorted[(sorted.count * 95 - 1) / 100]
    }
}

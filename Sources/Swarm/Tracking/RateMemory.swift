/// The best rate seen lately.
struct RateMemory: Sendable {
    private var bytesPerSecond = 0
    private var seenAt: Instant?

    /// A better rate replaces a worse one, and any rate one that is too old.
    mutating func note(_ rate: Int, memory: Duration, now: Instant) {
        guard rate >= bytesPerSecond || now - (seenAt ?? now) > memory else { return }
        bytesPerSecond = rate
        seenAt = now
    }

    /// - Returns: bytes a second; nil where nothing was seen within `memory`.
    func best(within memory: Duration, now: Instant) -> Int? {
        guard let seenAt, now - seenAt <= memory else { return nil }
        return bytesPerSecond
    }
}

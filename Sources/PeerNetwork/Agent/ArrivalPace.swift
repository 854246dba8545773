import Swarm

/// How fast bytes come over one connection, so that those of a long frame are looked at now and then and not packet by packet.
struct ArrivalPace {
    private var lastReadAt = Instant.zero

    /// How often a frame under way is looked at: often enough to tell a slow peer from a dead one, and bytes that wait in the kernel cost nothing.
    private static let interval = Duration.milliseconds(20)
    /// In few steps, since each change is a call of the kernel. The longest leaves the window room to go on.
    private static let steps = [16 << 10, 32 << 10, longest]
    private static let longest = 64 << 10

    /// Nothing was read for much longer than was meant to be waited: the last read came at once after another, and told too much.
    func isOverdue(_ now: Instant) -> Bool { now - lastReadAt > Self.interval * 10 }

    /// A read has brought `count` bytes.
    ///
    /// - Parameter left: bytes of the data frame under way that are still to come, which nothing can be done before; 0 without one.
    /// - Returns: how many of them to wait for: what comes within the interval at the rate of this read; 1 for no waiting.
    mutating func bytesToAwait(left: Int, after count: Int, now: Instant) -> Int {
        let elapsed = max(now - lastReadAt, .microseconds(100))
        lastReadAt = now
        let soon = Double(count) * (Self.interval / elapsed)
        if left <= Self.longest, soon >= Double(left) { return max(1, left) }
        return Self.steps.last { Double($0) <= soon && $0 <= left } ?? 1
    }
}

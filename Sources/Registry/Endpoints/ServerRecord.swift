/// What is known about one server of a registry.
struct ServerRecord: Sendable {
    var health = EndpointHealth()
    /// It asked not to be asked before this.
    var pausedUntil: ContinuousClock.Instant?
    /// How often it did so in a row.
    var pauses = 0
    var rateLimit: RateLimit?

    /// How long it still asks to be left alone; nil when it does not.
    func pause(at now: ContinuousClock.Instant) -> Duration? {
        guard let pausedUntil, pausedUntil > now else { return nil }
        return pausedUntil - now
    }

    /// It asks not to be asked.
    ///
    /// - Parameter seconds: for how long, when it says.
    /// - Returns: for how long it is left alone, if it was not before. What was under way when it said so is told the same, which is no news.
    mutating func leaveAlone(for seconds: UInt64?, at now: ContinuousClock.Instant) -> Duration? {
        let isNews = pause(at: now) == nil
        let pause = RetryPolicy.pause(of: seconds, before: isNews ? pauses : max(0, pauses - 1))
        pausedUntil = max(pausedUntil ?? now, now + pause)
        guard isNews else { return nil }
        pauses += 1
        return pause
    }

    /// Another agent was told so.
    /// - Returns: whether that is news.
    mutating func leaveAlone(until end: ContinuousClock.Instant, at now: ContinuousClock.Instant) -> Bool {
        let isNews = pause(at: now) == nil
        pausedUntil = max(pausedUntil ?? now, end)
        return isNews
    }
}

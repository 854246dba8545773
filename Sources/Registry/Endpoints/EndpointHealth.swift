/// A circuit breaker for one server: after some failures in a row it is left alone for a while, then one request tries whether it is back.
/// Pure: whoever asks says what time it is.
struct EndpointHealth: Sendable, Hashable {
    /// Failures in a row after which a server is left alone: one or two are everyday life.
    static let failureLimit = 3
    /// How long at first; twice as long after each try that fails.
    static let firstPause: Duration = .seconds(5)
    static let longestPause: Duration = .seconds(120)

    enum State: Sendable, Hashable {
        case trusted(failures: Int)
        case leftAlone(until: ContinuousClock.Instant, pause: Duration)
        /// One request tries; should it never say how that went, the next may try from `again` on.
        case tried(again: ContinuousClock.Instant, pause: Duration)
    }

    private(set) var state = State.trusted(failures: 0)

    /// Whether a request may go there now. Who is admitted while it is not trusted is the one that tries.
    mutating func admits(at now: ContinuousClock.Instant) -> Bool {
        switch state {
        case .trusted: return true
        case .leftAlone(let until, let pause), .tried(let until, let pause):
            guard until <= now else { return false }
            state = .tried(again: now + pause, pause: pause)
            return true
        }
    }

    /// It answered, whatever it said.
    ///
    /// - Returns: whether it is trusted again only now.
    mutating func answered() -> Bool {
        defer { state = .trusted(failures: 0) }
        if case .trusted = state { return false }
        return true
    }

    /// No answer, or one that says that it is broken.
    ///
    /// - Returns: for how long it is left alone, if that was decided just now.
    mutating func failed(at now: ContinuousClock.Instant) -> Duration? {
        switch state {
        case .trusted(let failures) where failures + 1 < Self.failureLimit:
            state = .trusted(failures: failures + 1)
            return nil
        case .trusted: return leaveAlone(for: Self.firstPause, at: now)
        case .tried(_, let pause): return leaveAlone(for: min(pause * 2, Self.longestPause), at: now)
        // From a request that was under way before.
        case .leftAlone: return nil
        }
    }

    var isTrusted: Bool {
        if case .trusted = state { true } else { false }
    }

    private mutating func leaveAlone(for pause: Duration, at now: ContinuousClock.Instant) -> Duration {
        state = .leftAlone(until: now + pause, pause: pause)
        return pause
    }
}

import Swarm

/// Whether to ask once more, and after how long. Pure: the random numbers are the caller's.
struct RetryPolicy: Sendable {
    /// Requests to a registry that is not there are few and spread: three within about a second.
    static let limit = 2
    static let firstDelay: Duration = .milliseconds(200)
    /// Who waited for a pause comes back within this time after it, not all at once.
    static let spread: Duration = .seconds(1)
    /// What is waited where a registry limits the rate and does not say for how long; twice as long each time that it does so again.
    static let defaultPause: Duration = .seconds(5)
    static let longestDefaultPause: Duration = .seconds(320)
    /// No registry's word is taken for longer than this.
    static let longestPause: Duration = .seconds(3600)

    /// - Parameters:
    ///   - attempt: how many retries there were.
    ///   - patience: the longest pause that is waited for; whom a longer one concerns is told instead.
    /// - Returns: nil when asking again would be of no use, or not polite.
    static func delay(
        after reason: OriginError.Reason, attempt: Int, patience: Duration, using random: inout some RandomNumberGenerator
    ) -> Duration? {
        guard attempt < limit else { return nil }
        switch reason {
        case .rateLimited(let seconds):
            let pause = pause(of: seconds)
            return pause <= patience ? pause + spread * Double.random(in: 0..<1, using: &random) : nil
        case .unreachable: return jittered(attempt, using: &random)
        // Overloaded, or being restarted; what takes longer has been waited for long enough.
        case .status(let code) where [500, 502, 503, 504].contains(code): return jittered(attempt, using: &random)
        case .status, .notFound, .hidden, .unauthorized, .timeout, .badAnswer, .cancelled: return nil
        }
    }

    /// How long a registry is to be left alone.
    ///
    /// - Parameters:
    ///   - seconds: what it says itself.
    ///   - before: how often in a row it has limited the rate already.
    static func pause(of seconds: UInt64?, before: Int = 0) -> Duration {
        guard let seconds else { return min(defaultPause * (1 << min(before, 16)), longestDefaultPause) }
        return min(.seconds(Int64(clamping: seconds)), longestPause)
    }

    /// Anything up to a bound that doubles ("full jitter": Brooker, "Exponential Backoff And Jitter", AWS 2015).
    private static func jittered(_ attempt: Int, using random: inout some RandomNumberGenerator) -> Duration {
        firstDelay * (1 << attempt) * Double.random(in: 0..<1, using: &random)
    }
}

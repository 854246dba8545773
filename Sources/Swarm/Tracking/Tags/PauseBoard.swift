/// Which servers of registries asked to be left alone, as an agent said that was told so. Pure.
struct PauseBoard: Sendable {
    /// Servers that pause at a time.
    static let limit = 1024
    /// No server's word is taken for longer.
    static let longest: Duration = .seconds(3600)
    /// What lasts no longer than this beyond what is known is no news.
    static let grain: Duration = .seconds(1)

    private var until: [String: Instant] = [:]

    /// - Returns: for how long all are to leave the server alone, if that is news.
    mutating func pause(_ server: String, for duration: Duration, now: Instant) -> Duration? {
        let duration = min(duration, Self.longest)
        guard duration > .zero else { return nil }
        if let known = until[server], now + duration < known + Self.grain { return nil }
        if until[server] == nil, until.count >= Self.limit {
            until = until.filter { $0.value > now }
            guard until.count < Self.limit else { return nil }
        }
        until[server] = now + duration
        return duration
    }

    /// What still counts, by name.
    func pauses(at now: Instant) -> [(server: String, duration: Duration)] {
        until.filter { $0.value > now }.sorted { $0.key < $1.key }.map { ($0.key, $0.value - now) }
    }
}

/// How long a peer that owes something has sent nothing. While it owes nothing, no time passes: it was not asked, or others were quicker.
struct Silence: Sendable {
    /// Nanoseconds.
    private var before: Int64 = 0
    private var since: Instant?

    /// Whether it owes something.
    var isWaitedFor: Bool { since != nil }

    mutating func begin(now: Instant) { if since == nil { since = now } }

    mutating func pause(now: Instant) {
        before = nanoseconds(now: now)
        since = nil
    }

    /// It sent something.
    mutating func end(now: Instant) {
        before = 0
        if since != nil { since = now }
    }

    func length(now: Instant) -> Duration { .nanoseconds(nanoseconds(now: now)) }

    private func nanoseconds(now: Instant) -> Int64 { before + (since.map { now.nanoseconds - $0.nanoseconds } ?? 0) }
}

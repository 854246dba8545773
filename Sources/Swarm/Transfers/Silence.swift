/// How long a peer that owes something has sent nothing. While it owes nothing, no time passes: it was not asked, or others were quicker.
struct Silence: Sendable {
    private var before = Duration.zero
    private var since: Instant?

    /// Whether it owes something.
    var isWaitedFor: Bool { since != nil }

    mutating func begin(now: Instant) { if since == nil { since = now } }

    mutating func pause(now: Instant) {
        before = length(now: now)
        since = nil
    }

    /// It sent something.
    mutating func end(now: Instant) {
        before = .zero
        if since != nil { since = now }
    }

    func length(now: Instant) -> Duration { since.map { before + (now - $0) } ?? before }
}

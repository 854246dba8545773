/// A moment on whatever monotonic clock the driver keeps: the policy is told the time, it never asks.
public struct Instant: Hashable, Comparable, Sendable {
    /// Since the driver's own beginning; only differences mean anything.
    public let nanoseconds: Int64

    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    public static let zero = Instant(nanoseconds: 0)

    public static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }

    public static func + (instant: Instant, duration: Duration) -> Instant {
        Instant(nanoseconds: instant.nanoseconds + duration.inNanoseconds)
    }

    public static func - (left: Instant, right: Instant) -> Duration { .nanoseconds(left.nanoseconds - right.nanoseconds) }
}

extension Duration {
    public var inNanoseconds: Int64 { Int64(attoseconds / 1_000_000_000) }
    /// The duration as a number of seconds.
    public var inSeconds: Double { Double(inNanoseconds) / 1e9 }
}

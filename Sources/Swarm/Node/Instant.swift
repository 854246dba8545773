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
    public var inNanoseconds: Int64 {
        let attoseconds = attoseconds
        guard attoseconds >= 0 else { return Int64(attoseconds / 1_000_000_000) }
        // By one instruction; numbers of 128 bits are divided by a function, and this is asked a dozen times for each piece.
        let (high, low) = (UInt64(truncatingIfNeeded: attoseconds >> 64), UInt64(truncatingIfNeeded: attoseconds))
        return Int64((1_000_000_000 as UInt64).dividingFullWidth((high, low)).quotient)
    }
    /// The duration as a number of seconds.
    public var inSeconds: Double {
        let attoseconds = attoseconds
        // Whole nanoseconds up to this are numbers of floating point, so that one division tells.
        if attoseconds >= 0, attoseconds < 4_600_000_000_000_000_000 { return Double(Int64(truncatingIfNeeded: attoseconds)) / 1e18 }
        return Double(inNanoseconds) / 1e9
    }
}

/// Bounds a rate: bytes may go while the bucket holds any, and what takes more than it holds leaves a debt to be waited for.
///
/// Kept as the moment at which the bucket is no longer empty ("virtual scheduling", the generic cell rate algorithm of ITU-T I.371): nothing
/// has to be added up as time passes. Over any stretch of time, no more goes than the rate brings, `burst` brings, and the last thing that
/// went.
public struct TokenBucket: Sendable {
    /// How much time's worth is saved up while nothing goes: 1 % of five seconds', and enough to bridge the driver's timers.
    public static let burst: Duration = .milliseconds(50)

    public let bytesPerSecond: UInt64
    /// When the next bytes may go.
    public private(set) var freeAt = Instant(nanoseconds: .min / 2)

    /// - Parameter bytesPerSecond: at least 1.
    public init(bytesPerSecond: UInt64) { self.bytesPerSecond = max(1, bytesPerSecond) }

    /// Whether anything may go now.
    public func isFree(at now: Instant) -> Bool { freeAt <= now }

    /// How long nothing may go.
    public func wait(at now: Instant) -> Duration { max(.zero, freeAt - now) }

    /// Bytes that may go now without a debt; at least 1 when any may.
    public func allowance(at now: Instant) -> Int {
        guard isFree(at: now) else { return 0 }
        let saved = min(now - freeAt, Self.burst).inNanoseconds
        return max(1, Int(clamping: Self.product(UInt64(saved), bytesPerSecond) / 1_000_000_000))
    }

    /// Bytes go, free or not.
    public mutating func take(_ bytes: Int, at now: Instant) {
        let longest = UInt64(Self.longestWait.inNanoseconds)
        let cost = min(longest, Self.product(UInt64(max(0, bytes)), 1_000_000_000) / bytesPerSecond) + 1
        let start = max(freeAt, Instant(nanoseconds: now.nanoseconds - Self.burst.inNanoseconds))
        freeAt = min(start, now + Self.longestWait) + .nanoseconds(Int64(cost))
    }

    /// The most that should go at a time for the rate to be even: what a fiftieth of a second brings, but not less than is worth a message.
    public var portion: Int { Int(clamping: max(bytesPerSecond / 50, 16 << 10)) }

    /// So that nothing overflows.
    private static var longestWait: Duration { .seconds(1 << 30) }

    private static func product(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (product, overflows) = left.multipliedReportingOverflow(by: right)
        return overflows ? .max : product
    }
}

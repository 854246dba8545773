import CLibUV

/// Calls a closure on the loop after a while, once or repeatedly.
///
/// A pending timer keeps itself alive: dropping the reference does not cancel it. Its resolution is a millisecond, rounded up: it
/// never fires early. On a loop that shuts down it never fires.
public final class LoopTimer: LoopOwned {
    private let loop: UVLoop
    private var native: NativeHandle?
    private var body: (() -> Void)?
    private let isRepeating: Bool

    /// - Parameters:
    ///   - delay: until the first call; zero or less means the next turn of the loop.
    ///   - interval: between further calls; nil for a single call.
    public init(on loop: UVLoop, after delay: Duration, every interval: Duration? = nil, _ body: @escaping () -> Void) {
        precondition(loop.isCurrent, "timers are made on their loop's thread only")
        self.loop = loop
        self.body = body
        self.isRepeating = interval != nil
        // Opening fails only when the loop is shutting down: then this timer stays silent.
        self.native = try? NativeHandle(uv_timer_t.self, on: loop, "create timer") { uv_timer_init(loop.native, $0) }
        self.native?.adopt(by: self)
        start(after: delay, every: interval.map { max(1, Self.milliseconds($0)) } ?? 0)
    }

    /// Whether a call is still to come.
    public var isPending: Bool { native != nil }

    /// Moves the next call of a pending timer to `delay` from now. Does nothing after the only call, or after `cancel()`.
    public func reschedule(after delay: Duration) {
        precondition(loop.isCurrent, "timers are used on their loop's thread only")
        guard let timer else { return }
        start(after: delay, every: uv_timer_get_repeat(timer))
    }

    /// No call comes after this one returns.
    public func cancel() {
        precondition(loop.isCurrent, "timers are used on their loop's thread only")
        native?.close()
        native = nil
        body = nil
    }

    func loopWillClose() { cancel() }

    private var timer: UnsafeMutablePointer<uv_timer_t>? { native?.pointer.assumingMemoryBound(to: uv_timer_t.self) }

    private func start(after delay: Duration, every intervalMilliseconds: UInt64) {
        guard let timer else { return }
        uv_update_time(loop.native)  // else a long turn of the loop would make the timer early
        // One more than asked for: the loop's clock has dropped a fraction of a millisecond.
        let milliseconds = Self.milliseconds(delay)
        uv_timer_start(timer, LoopTimer.fired, milliseconds == 0 ? 0 : milliseconds + 1, intervalMilliseconds)
    }

    private func fire() {
        let body = body
        if !isRepeating { cancel() }
        body?()
    }

    private static let fired: uv_timer_cb = { handle in
        NativeHandle.owner(handle?.pointee.data, as: LoopTimer.self)?.fire()
    }

    /// Whole milliseconds, rounded up; durations below zero count as zero.
    private static func milliseconds(_ duration: Duration) -> UInt64 {
        let (seconds, attoseconds) = duration.components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let fraction = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return UInt64(min(seconds, 1 << 40)) * 1000 + UInt64(fraction)
    }
}

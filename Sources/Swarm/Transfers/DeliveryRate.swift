/// Bytes a second that have lately come, or gone: a moving average over short windows.
struct DeliveryRate: Sendable {
    private(set) var bytesPerSecond = 0.0
    /// Nanoseconds.
    private let window: Int64
    private let firstWindow: Int64
    private var windowBegan = Instant.zero
    private var windowBytes = 0

    /// - Parameter first: the first window may be shorter, so that something is known soon.
    init(window: Duration = .milliseconds(50), first: Duration? = nil) {
        self.window = window.inNanoseconds
        firstWindow = (first ?? window).inNanoseconds
    }

    /// The peer was idle: what comes next begins a window of its own.
    mutating func begin(now: Instant) {
        windowBegan = now
        windowBytes = 0
    }

    mutating func record(_ bytes: Int, now: Instant) {
        windowBytes += bytes
        let elapsed = now.nanoseconds - windowBegan.nanoseconds
        guard elapsed >= (bytesPerSecond == 0 ? firstWindow : window) else { return }
        let rate = Double(windowBytes) / (Double(elapsed) / 1e9)
        bytesPerSecond = bytesPerSecond == 0 ? rate : (bytesPerSecond + rate) / 2
        begin(now: now)
    }
}

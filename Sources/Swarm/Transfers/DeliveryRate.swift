/// Bytes a second that have lately come, or gone: a moving average over short windows.
struct DeliveryRate: Sendable {
    private let window: Duration
    private(set) var bytesPerSecond = 0.0
    private var windowBegan = Instant.zero
    private var windowBytes = 0

    init(window: Duration = .milliseconds(50)) { self.window = window }

    /// The peer was idle: what comes next begins a window of its own.
    mutating func begin(now: Instant) {
        windowBegan = now
        windowBytes = 0
    }

    mutating func record(_ bytes: Int, now: Instant) {
        windowBytes += bytes
        let elapsed = now - windowBegan
        guard elapsed >= window else { return }
        let rate = Double(windowBytes) / elapsed.inSeconds
        bytesPerSecond = bytesPerSecond == 0 ? rate : (bytesPerSecond + rate) / 2
        begin(now: now)
    }
}

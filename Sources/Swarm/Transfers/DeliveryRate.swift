/// Bytes a second that a peer has lately brought: a moving average over short windows.
struct DeliveryRate: Sendable {
    private static let window = Duration.milliseconds(50)

    private(set) var bytesPerSecond = 0.0
    private var windowBegan = Instant.zero
    private var windowBytes = 0

    /// The peer was idle: what comes next begins a window of its own.
    mutating func begin(now: Instant) {
        windowBegan = now
        windowBytes = 0
    }

    mutating func record(_ bytes: Int, now: Instant) {
        windowBytes += bytes
        let elapsed = now - windowBegan
        guard elapsed >= Self.window else { return }
        let rate = Double(windowBytes) / elapsed.inSeconds
        bytesPerSecond = bytesPerSecond == 0 ? rate : (bytesPerSecond + rate) / 2
        begin(now: now)
    }
}

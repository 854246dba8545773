import Swarm
import UVLoop

/// Holds back what peers send: connections over the rate are not read for a while, so that their windows close. On the agent's loop only.
struct ReadingPace {
    private var bucket: TokenBucket
    /// Connections that wait, and what wakes them.
    private(set) var waiting: [ConnectionID] = []
    private var timer: LoopTimer?

    init(bytesPerSecond: UInt64) { bucket = TokenBucket(bytesPerSecond: bytesPerSecond) }

    /// Bytes came over a connection.
    ///
    /// - Returns: how long nothing may be read; nil if reading may go on.
    mutating func spend(_ bytes: Int, on connection: ConnectionID, at now: Instant) -> Duration? {
        bucket.take(bytes, at: now)
        guard !bucket.isFree(at: now) else { return nil }
        waiting.append(connection)
        return bucket.wait(at: now)
    }

    /// - Parameter wake: what makes the timer, if none runs.
    mutating func arm(_ makeTimer: () -> LoopTimer) { if timer == nil { timer = makeTimer() } }

    /// Connections that may be read again.
    mutating func wake() -> [ConnectionID] {
        timer = nil
        defer { waiting = [] }
        return waiting
    }

    mutating func cancel() {
        timer?.cancel()
        timer = nil
    }
}

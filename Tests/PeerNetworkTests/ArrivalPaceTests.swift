import Swarm
import Testing

@testable import PeerNetwork

struct ArrivalPaceTests {
    private let start = Instant(nanoseconds: 1_000_000_000)

    /// - Returns: what is waited for after a read of `count` bytes, `milliseconds` after the one before.
    private func awaited(_ count: Int, after milliseconds: Int, left: Int) -> Int {
        var pace = ArrivalPace()
        _ = pace.bytesToAwait(left: 0, after: 17, now: start)
        return pace.bytesToAwait(left: left, after: count, now: start + .milliseconds(milliseconds))
    }

    /// Of a fast peer's frame much is waited for, but never more than it has left: nothing follows until it is asked for.
    @Test func aFastPeersFrameGathers() {
        #expect(awaited(16_000, after: 2, left: 200_000) == 64 << 10)
        #expect(awaited(16_000, after: 10, left: 200_000) == 16 << 10)
        #expect(awaited(16_000, after: 2, left: 50_000) == 50_000)
        #expect(awaited(16_000, after: 2, left: 1) == 1)
    }

    /// A slow peer's bytes are seen as they come, and so are messages.
    @Test func whatIsSlowIsNotWaitedFor() {
        #expect(awaited(1448, after: 30, left: 200_000) == 1)
        #expect(awaited(17, after: 0, left: 200_000) == 1)
        #expect(awaited(65_536, after: 1, left: 0) == 1)
    }
}

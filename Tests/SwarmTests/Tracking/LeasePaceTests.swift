import Testing

@testable import Swarm

@Suite struct LeasePaceTests {
    private let trial = Duration.seconds(1)

    private func at(_ milliseconds: Int) -> Instant { .zero + .milliseconds(milliseconds) }

    private func note(_ pace: inout LeasePace, _ pieces: Int, _ now: Instant) { _ = pace.note(pieces, trial: trial, now: now) }

    @Test func nothingIsSaidBeforeATrialIsOver() {
        var pace = LeasePace(pieces: 10, pieceLength: 1000, now: at(0))
        #expect(pace.most(10, trial: trial, now: at(999)) == nil)
        note(&pace, 90, at(999))
        #expect(pace.rate == nil)
    }

    /// What was vouched for when the holder first spoke is not its own.
    @Test func aWindowGivesTheRate() {
        var pace = LeasePace(pieces: 10, pieceLength: 1000, now: at(0))
        note(&pace, 20, at(2000))
        #expect(pace.rate == 5000)
        note(&pace, 21, at(2500))
        #expect(pace.rate == 5000)
    }

    @Test func longPiecesNeedLongWindows() {
        var pace = LeasePace(pieces: 0, pieceLength: 4 << 20, now: at(0))
        note(&pace, 1, at(3900))
        #expect(pace.rate == nil)
        #expect(pace.most(1, trial: trial, now: at(4000)) == 2 << 20)
        note(&pace, 1, at(4000))
        #expect(pace.rate == 1 << 20)
    }

    @Test func aShortRestIsNoSlowness() {
        var pace = LeasePace(pieces: 0, pieceLength: 1000, now: at(0))
        note(&pace, 50, at(5000))
        #expect(pace.most(50, trial: trial, now: at(6000)) == 8500)
        #expect(pace.most(50, trial: trial, now: at(10_000)) == 5100)
    }

    @Test func aBetterRateIsRememberedUntilItIsOld() {
        var memory = RateMemory()
        #expect(memory.best(within: .seconds(60), now: at(0)) == nil)
        memory.note(100, memory: .seconds(60), now: at(0))
        memory.note(50, memory: .seconds(60), now: at(59_000))
        #expect(memory.best(within: .seconds(60), now: at(60_000)) == 100)
        #expect(memory.best(within: .seconds(60), now: at(60_001)) == nil)
        memory.note(50, memory: .seconds(60), now: at(61_000))
        #expect(memory.best(within: .seconds(60), now: at(61_000)) == 50)
    }
}

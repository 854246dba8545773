import Testing

@testable import PeerNetwork
@testable import Swarm

struct OriginProgressTests {
    /// Blobs share their streams; one that is the last to come gets them all.
    @Test func theShareBoundsTheStreams() throws {
        let content = try Content(size: 32 << 20)
        let layout = try #require(PieceLayout(blobSize: 32 << 20))
        let order = OriginOrder(firstPiece: 0, endPiece: nil, start: nil)
        var habit = OriginHabit()
        habit.streams = 8
        let share = OriginShare(bytes: 40 << 20, streams: 2)
        var progress = OriginProgress(content.digest, order, layout: layout, habit: habit, share: share, now: .zero)
        var fetches = count(progress.begin(now: .zero))
        #expect(fetches == 1)
        let answer = OriginEvent.answered(ask: 1, size: layout.blobSize, isRangeIgnored: false, location: TestOrigin.location)
        fetches += count(progress.handle(answer, now: .zero))
        #expect(fetches == 2)
        fetches += count(progress.handle(.reported(share: OriginShare(bytes: 40 << 20, streams: 8)), now: .zero))
        #expect(fetches == 8)
    }

    private func count(_ steps: [OriginStep]) -> Int {
        steps.count { if case .fetch = $0 { true } else { false } }
    }
}

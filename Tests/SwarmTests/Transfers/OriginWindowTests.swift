import Swarm
import Testing

/// Which ranges of a blob are asked for, in virtual time.
struct OriginWindowTests {
    private static let mebibyte = 1 << 20

    @Test func aSmallBlobIsAskedForAsAWhole() throws {
        let outcome = try WindowModel(streamRate: 25e6).fetch(3 * Self.mebibyte)
        #expect(outcome.asks.count == 1)
        #expect(outcome.asks.first?.byteRange == nil)
    }

    @Test func aBlobOfUnknownSizeIsAskedForWithoutRange() throws {
        let outcome = try WindowModel(streamRate: 25e6).fetch(64 * Self.mebibyte, isSizeKnown: false)
        #expect(outcome.asks.map(\.byteRange) == [nil])
        #expect(outcome.asks.map(\.endPiece) == [nil])
        #expect(outcome.sent == 64 * Self.mebibyte)
    }

    /// Container registries that limit each connection, and long ways: several streams add up.
    @Test(arguments: [(25e6, 20), (25e6, 200), (5e6, 50), (80e6, 5)] as [(Double, Int)])
    func streamsAddUpWhereEachIsLimited(rate: Double, latency: Int) throws {
        let size = 512 * Self.mebibyte
        let outcome = try WindowModel(latency: .milliseconds(latency), streamRate: rate).fetch(size)
        #expect(outcome.mostStreams >= 8)
        #expect(outcome.habit.streams ?? 0 >= 4)
        // Ways that take longer than a range does cost what memory cannot hide.
        if latency <= 50 { #expect(outcome.laterRate > 0.9 * 8 * rate, "\(outcome.laterRate / rate) streams' worth") }
        #expect(outcome.time.inSeconds < 0.4 * Double(size) / rate)
        #expect(outcome.sent == size)
        expectEachByteOnce(outcome, size)
        #expect(outcome.mostWaiting <= 40 << 20)
    }

    /// A link that is full, or an origin that is as fast as it gets: no slower than one plain stream.
    @Test(arguments: [(12.5e6, 20), (125e6, 1), (125e6, 40), (1e9, 1)] as [(Double, Int)])
    func aFullLinkIsNotSlowedDown(rate: Double, latency: Int) throws {
        let size = 512 * Self.mebibyte
        let outcome = try WindowModel(latency: .milliseconds(latency), linkRate: rate).fetch(size)
        let plain = Double(latency) / 1000 + Double(size) / rate
        #expect(outcome.time.inSeconds < 1.03 * plain + 0.02, "\(outcome.time.inSeconds) s, plain \(plain) s")
        // Two where a range is there before the next request has come to the origin.
        #expect(outcome.habit.streams ?? 0 == (latency < 40 || rate < 100e6 ? 1 : 2))
        expectEachByteOnce(outcome, size)
    }

    /// Over a small share of a link nothing is read far ahead of what all wait for, from the first range on, however late its bytes are told of.
    @Test(arguments: [200e3, 1.5e6], [false, true]) func aSlowLinkIsNotReadFarAhead(rate: Double, tellsOnlyWhole: Bool) throws {
        let size = 40 * Self.mebibyte
        let outcome = try WindowModel(streamRate: rate, tellsOnlyWhole: tellsOnlyWhole).fetch(size)
        #expect(outcome.asks.prefix(8).allSatisfy { ($0.byteRange?.count ?? .max) <= 512 << 10 })
        #expect(outcome.mostWaiting <= 6 * Self.mebibyte, "\(outcome.mostWaiting)")
        expectEachByteOnce(outcome, size)
    }

    /// The first bytes come as fast as the link goes, then each connection gets its share only: that is noticed.
    @Test func anOriginThatSlowsDownGetsMoreStreams() throws {
        let size = 512 * Self.mebibyte
        let outcome = try WindowModel(streamRate: 1e9, burstBytes: 30 * Self.mebibyte, laterStreamRate: 25e6).fetch(size)
        #expect(outcome.mostStreams >= 8)
        #expect(outcome.time.inSeconds < 0.4 * Double(size) / 25e6, "\(outcome.time)")
        expectEachByteOnce(outcome, size)
    }

    /// What was learnt holds for the next blob at once.
    @Test func theNextBlobBeginsWithWhatTheLastOneLearnt() throws {
        let size = 256 * Self.mebibyte
        var model = WindowModel(streamRate: 25e6)
        let first = try model.fetch(size)
        model.habit = first.habit
        let second = try model.fetch(size)
        #expect(second.time < first.time)
        // How long the way is it learns anew, from a single piece.
        #expect(second.asks.first?.endPiece == 1)
        #expect(second.time.inSeconds < 1.2 * Double(size) / (8 * 25e6))
    }

    /// The answer to the first range brings everything: it is read to its end, nothing else is asked for, and the next blob is spared a range.
    @Test func anOriginWithoutRangesGetsOneStream() throws {
        let size = 100 * Self.mebibyte
        var model = WindowModel(streamRate: 25e6, ignoresRanges: true)
        let first = try model.fetch(size)
        #expect(first.asks.count == 1)
        #expect(first.asks.first?.byteRange != nil)
        #expect(first.sent == size)
        model.habit = first.habit
        #expect(try model.fetch(size).asks.map(\.byteRange) == [nil])
    }

    /// Of what was asked for nothing is lost, and nothing more is.
    @Test func drainingEndsAfterWhatWasAskedFor() throws {
        let layout = try #require(PieceLayout(blobSize: 64 << 20))
        var window = OriginWindow(first: 0, end: nil, layout: layout)
        let asks = window.asks(limitBytes: 40 << 20, now: .zero)
        let isUsed = window.answered(1, layout: layout, isWhole: false, now: .zero)
        let last = try #require((asks + window.asks(limitBytes: 40 << 20, now: .zero)).last?.endPiece)
        let rest = window.drain()
        #expect(isUsed && last < layout.pieceCount && rest == .upTo(last))
        let more = window.asks(limitBytes: 40 << 20, now: .zero + .seconds(1))
        #expect(more.isEmpty)
    }

    /// One stream is enough, and its range is long. It is read to its end if that is known to take a second at most.
    @Test(arguments: [0, 1e6]) func drainingWaitsForALongRangeThatIsSoonWhole(rate: Double) throws {
        let layout = try #require(PieceLayout(blobSize: 64 << 20))
        var habit = OriginHabit()
        (habit.streams, habit.rate) = (1, rate)
        var window = OriginWindow(first: 0, end: nil, layout: layout, habit: habit)
        let end = try #require(window.asks(limitBytes: 40 << 20, now: .zero).first?.endPiece)
        let rest = window.drain()
        #expect(rest == (rate > 0 ? .upTo(end) : .open(ask: 1, first: 0)))
    }

    /// It goes on to the blob's end: its reader may as well stop sooner.
    @Test func drainingDoesNotWaitForAWholeAnswer() {
        var window = OriginWindow(first: 3, end: nil, layout: nil)
        let asks = window.asks(limitBytes: 40 << 20, now: .zero)
        let rest = window.drain()
        #expect(asks.count == 1 && rest == .open(ask: 1, first: 3))
    }

    /// One range breaks while others flow: its rest is asked for again, and what it had brought whole is not.
    @Test func aRangeThatBreaksIsAskedForAgain() throws {
        let size = 512 * Self.mebibyte
        let outcome = try WindowModel(streamRate: 25e6, breaks: [20: 3 * Self.mebibyte / 2]).fetch(size)
        #expect(!outcome.hasFailed)
        let broken = try #require(outcome.asks.first { $0.id == 20 })
        let again = outcome.asks.filter { $0.id != 20 && $0.endPiece == broken.endPiece }
        #expect(again.map(\.firstPiece) == [broken.firstPiece + 1])
        #expect(outcome.sent == size + Self.mebibyte / 2)
    }

    /// The only stream breaks, or a range breaks twice: that is for the transfer's own policy.
    @Test(arguments: [[1: 1 << 18], [20: 0, 21: 0, 22: 0, 23: 0, 24: 0, 25: 0, 26: 0, 27: 0, 28: 0, 29: 0, 30: 0]])
    func whatKeepsBreakingEndsTheOrder(breaks: [Int: Int]) throws {
        #expect(try WindowModel(streamRate: 25e6, breaks: breaks).fetch(512 * Self.mebibyte).hasFailed)
    }

    /// However little may wait, the next piece always comes.
    @Test func aSmallBoundStillFinishes() throws {
        let outcome = try WindowModel(streamRate: 25e6, limitBytes: 1).fetch(64 * Self.mebibyte)
        #expect(outcome.mostStreams <= 2)
        #expect(outcome.mostWaiting <= 8 << 20)
        expectEachByteOnce(outcome, 64 * Self.mebibyte)
    }

    /// Connections share a full link unequally. What the quick ones bring is of no use before what the slow ones bring, so it stays little.
    @Test func littleWaitsForASlowStream() throws {
        let size = 64 * Self.mebibyte
        var habit = OriginHabit()
        habit.streams = 8
        habit.rate = 3e6
        let outcome = try WindowModel(linkRate: 3e6, isUnfair: true, habit: habit).fetch(size)
        #expect(outcome.mostStreams >= 6)
        #expect(outcome.mostAhead <= 3_000_000)
        expectEachByteOnce(outcome, size)
    }

    /// Others share the link from some moment on: the range that all wait for tells that first, before any has ended.
    @Test func aLinkThatSlowsDownIsNotReadFarAhead() throws {
        let size = 64 * Self.mebibyte
        var habit = OriginHabit()
        habit.streams = 8
        habit.rate = 50e6
        let model = WindowModel(streamRate: 6e6, burstBytes: 10 * Self.mebibyte, laterStreamRate: 300e3, isUnfair: true, habit: habit)
        let outcome = try model.fetch(size)
        #expect(outcome.mostAhead <= 18_000_000, "\(outcome.mostAhead)")
        expectEachByteOnce(outcome, size)
    }

    /// Other blobs come at the same time: this one has a single stream, in ranges so short that more streams are of use when the others end.
    @Test func moreStreamsAreTriedWhenOtherBlobsEnd() throws {
        let size = 256 * Self.mebibyte
        var model = WindowModel(streamRate: 10e6, streamLimit: 1)
        let alone = try model.fetch(size)
        #expect(alone.mostStreams <= 2)
        #expect(alone.habit.streams == nil)
        #expect(alone.asks.allSatisfy { ($0.byteRange?.count ?? .max) <= 11_000_000 })
        model.laterLimit = (from: .seconds(5), streams: 8)
        let later = try model.fetch(size)
        #expect(later.mostStreams >= 8)
        #expect(later.time.inSeconds < 10)
        expectEachByteOnce(later, size)
    }

    /// Others join, and leave again: what was learnt holds.
    @Test func fewerStreamsAreUsedWhileOtherBlobsCome() throws {
        let size = 512 * Self.mebibyte
        var model = WindowModel(streamRate: 10e6, streamLimit: 8, laterLimit: (from: .seconds(2), streams: 2))
        let outcome = try model.fetch(size)
        #expect(outcome.mostStreams >= 8)
        #expect(outcome.laterRate < 2.1 * 10e6)
        model.habit = outcome.habit
        (model.streamLimit, model.laterLimit) = (1, (from: .seconds(1), streams: 8))
        #expect(try model.fetch(size).time.inSeconds < 1.2 * Double(size) / 80e6 + 1)
        expectEachByteOnce(outcome, size)
    }

    @Test func theSameHappeningsGiveTheSameRequests() throws {
        let model = WindowModel(streamRate: 25e6, linkRate: 90e6)
        #expect(try model.fetch(256 * Self.mebibyte).asks == model.fetch(256 * Self.mebibyte).asks)
    }

    private func expectEachByteOnce(_ outcome: WindowModel.Outcome, _ size: Int) {
        var end: UInt64 = 0
        for range in outcome.asks.compactMap(\.byteRange).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            #expect(range.lowerBound == end)
            end = range.upperBound
        }
        #expect(end == size)
    }
}

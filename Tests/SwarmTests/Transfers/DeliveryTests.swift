import Testing

@testable import Swarm

@Suite struct DeliveryTests {
    @Test func theRateFollowsWhatCame() {
        var rate = DeliveryRate()
        rate.begin(now: .zero)
        for step in 1...20 { rate.record(10_000, now: .zero + .milliseconds(step * 10)) }
        #expect(abs(rate.bytesPerSecond - 1_000_000) < 1)
        // The silence before new requests is not the peer's fault.
        rate.begin(now: .zero + .seconds(60))
        rate.record(50_000, now: .zero + .seconds(60) + .milliseconds(50))
        #expect(abs(rate.bytesPerSecond - 1_000_000) < 1)
    }

    @Test func theFirstWindowMayBeShort() {
        var rate = DeliveryRate(window: .milliseconds(200), first: .milliseconds(5))
        rate.begin(now: .zero)
        rate.record(10_000, now: .zero + .milliseconds(10))
        #expect(abs(rate.bytesPerSecond - 1_000_000) < 1)
        // From then on a short burst is none.
        rate.record(1_000_000, now: .zero + .milliseconds(20))
        #expect(abs(rate.bytesPerSecond - 1_000_000) < 1)
    }

    @Test func silenceIsWhatWasWaitedFor() {
        var silence = Silence()
        silence.begin(now: .zero)
        silence.pause(now: .zero + .seconds(1))
        #expect(silence.length(now: .zero + .seconds(5)) == .seconds(1))
        silence.begin(now: .zero + .seconds(6))
        #expect(silence.length(now: .zero + .seconds(8)) == .seconds(3))
        silence.end(now: .zero + .seconds(9))
        #expect(silence.isWaitedFor)
        #expect(silence.length(now: .zero + .seconds(10)) == .seconds(1))
    }

    @Test func nothingIsUsualUntilEnoughCame() {
        var times = DeliveryTimes()
        for _ in 0..<7 { times.record(.milliseconds(10)) }
        #expect(times.percentile95 == nil)
        times.record(.milliseconds(10))
        #expect(times.percentile95 == .milliseconds(10))
    }

    @Test func theLastSixtyFourCount() {
        var times = DeliveryTimes()
        for _ in 0..<100 { times.record(.seconds(9)) }
        for _ in 0..<61 { times.record(.milliseconds(20)) }
        #expect(times.percentile95 == .milliseconds(20))
        for _ in 0..<4 { times.record(.seconds(1)) }
        #expect(times.percentile95 == .seconds(1))
    }
}

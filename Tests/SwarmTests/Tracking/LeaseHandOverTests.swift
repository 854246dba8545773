import Swarm
import Testing

/// A lease that moves from a slow holder to another member, which only waits for what the slow one has asked for already.
@Suite struct LeaseHandOverTests {
    private let blob = ToyContent(size: 100 * 65_536, seed: 2)
    private let other = ToyContent(size: 100 * 65_536, seed: 3)

    /// Node 0 brings a piece a second, node 1 has brought ten of another blob, and node 0 was just told to hand over to that one.
    private func bench(zones: [String] = ["", "", ""]) throws -> TrackerBench {
        var bench = TrackerBench()
        for (node, zone) in zones.enumerated() { bench.connect(node, zone: zone) }
        for node in 0..<3 { _ = try bench.join(node, blob) }
        _ = try bench.join(1, other)
        for step in 1..<7 {
            _ = try bench.vouch(0, blob, 1..<1 + step)
            _ = try bench.vouch(1, other, 1..<1 + step * 10)
            bench.tick(after: .seconds(1))
        }
        _ = try bench.say(1, .announce([HeldBlob(digest: other.digest, size: other.size)]))
        for step in 7..<40 where bench.heard[0]?.contains(.handOver(blob.digest)) != true {
            bench.tick(after: .seconds(1))
            _ = try bench.vouch(0, blob, 1..<1 + step)
        }
        #expect(bench.heard[0]?.last == .handOver(blob.digest))
        bench.heard = [:]
        return bench
    }

    private func holder(_ bench: TrackerBench) -> NodeID? { bench.index.swarmOverview(blob.digest)?.leaseHolder }
    private func passOn(_ bench: inout TrackerBench) throws { _ = try bench.say(0, .yield(digest: blob.digest, reason: "as told")) }

    @Test func theNextGetsItWhenTheHolderHasAllItAskedFor() throws {
        var bench = try bench()
        bench.tick(after: .seconds(1))
        #expect(holder(bench) == bench.record(0).node)
        #expect(try !bench.vouch(0, blob, 1..<60).contains(.handOver(blob.digest)))
        // Until then it is believed.
        guard case .states = bench.heard[1]?.last else { return #expect(Bool(false), "nobody heard of the last pieces") }
        try passOn(&bench)
        #expect(holder(bench) == bench.record(1).node)
        // Where to find the one before it, too.
        #expect(
            bench.heard[1]?.suffix(2) == [
                .lease(blob.digest, after: bench.record(0).node),
                .peers(digest: blob.digest, size: blob.size, peers: [bench.record(0)]),
            ])
        // To pass it on is not to give up.
        for node in 1...2 { _ = try bench.say(node, .leave(blob.digest)) }
        #expect(holder(bench) == bench.record(0).node)
    }

    @Test func aHolderThatDoesNotAnswerIsNotWaitedForLong() throws {
        var bench = try bench()
        bench.tick(after: .seconds(2))
        #expect(holder(bench) == bench.record(0).node)
        bench.tick(after: .seconds(1))
        #expect(holder(bench) == bench.record(1).node && bench.heard[0] == [.revoke(blob.digest)])
    }

    @Test func aHolderThatIsGoneIsNotWaitedFor() throws {
        var bench = try bench()
        bench.disconnect(0)
        #expect([bench.record(1).node, bench.record(2).node].contains(holder(bench)))
    }

    @Test(arguments: [true, false]) func whereTheNextIsGoneAnotherGoesOn(isAlone: Bool) throws {
        var bench = try bench()
        bench.disconnect(1)
        if isAlone { bench.disconnect(2) }
        try passOn(&bench)
        // The holder has most.
        #expect(holder(bench) == bench.record(0).node && bench.heard[0]?.suffix(2) == [.revoke(blob.digest), .lease(blob.digest)])
    }

    @Test func whatIsInAnotherZoneComesThroughTheGateway() throws {
        var bench = try bench(zones: ["a", "b", "a"])
        try passOn(&bench)
        #expect(bench.heard[1]?.last == .lease(blob.digest))
    }
}

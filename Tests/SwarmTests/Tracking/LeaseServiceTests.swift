import Swarm
import Testing

/// A lease holder that brings the blob, and of which nobody else gets anything.
@Suite struct LeaseServiceTests {
    private let blob = ToyContent(size: 40 * 65_536, seed: 1)

    /// The holder, node 0, vouches for two pieces a second; so many others wait.
    private func bench(others: Int, seconds: Int, each: (inout TrackerBench, Int) throws -> Void = { _, _ in }) throws -> TrackerBench {
        var bench = TrackerBench()
        for node in 0...others { _ = try bench.join(node, blob) }
        for second in 0..<seconds {
            _ = try bench.vouch(0, blob, 1..<2 * second + 3)
            try each(&bench, second)
            bench.tick(after: .seconds(1))
        }
        return bench
    }

    private func holder(_ bench: TrackerBench) -> NodeID? { bench.index.swarmOverview(blob.digest)?.leaseHolder }

    /// It is given the time for eight pieces, which is four seconds here, and eight seconds more.
    @Test func whoIsOfNoUseLosesTheLease() throws {
        #expect(holder(try bench(others: 6, seconds: 11)) == TrackerBench().record(0).node)
        let bench = try bench(others: 6, seconds: 16)
        #expect(holder(bench) != bench.record(0).node && bench.heard[0]?.last == .revoke(blob.digest))
    }

    /// Also if that one has not got the most: the others may have had their part before.
    @Test func whoIsOfUseToOneKeepsIt() throws {
        let bench = try bench(others: 6, seconds: 18) { bench, second in
            if second == 4 { _ = try bench.say(2, .progress(digest: blob.digest, prefix: 0, pieces: 9)) }
            _ = try bench.say(3, .progress(digest: blob.digest, prefix: 0, pieces: UInt32(second / 4 + 1)))
        }
        #expect(holder(bench) == bench.record(0).node)
    }

    /// A few others may have slow links of their own.
    @Test func fewDoNotTell() throws {
        #expect(holder(try bench(others: 3, seconds: 18)) == TrackerBench().record(0).node)
    }

    /// Nor is it the first to get another.
    @Test func whoWasOfNoUseComesLast() throws {
        var bench = try bench(others: 6, seconds: 16)
        #expect(holder(bench) != bench.record(0).node)
        let other = ToyContent(size: 40 * 65_536, seed: 2)
        _ = try bench.join(0, other)
        _ = try bench.join(5, other)
        #expect(bench.index.swarmOverview(other.digest)?.leaseHolder == bench.record(5).node)
    }

    /// Where nobody is of use to anyone it is not the holders that are to blame.
    @Test func itMovesAFewTimesOnly() throws {
        var bench = TrackerBench()
        for node in 0...20 { _ = try bench.join(node, blob) }
        var holders: [NodeID] = []
        for second in 0..<75 {
            guard let holder = holder(bench), let node = (0...20).first(where: { bench.record($0).node == holder }) else { break }
            if holders.last != holder { holders.append(holder) }
            _ = try bench.vouch(node, blob, 1..<min(40, 2 * second + 3))
            for other in 0...20 { _ = try bench.say(other, .ping) }
            bench.tick(after: .seconds(1))
        }
        #expect(holders.count == 4 && Set(holders).count == 4)
    }
}

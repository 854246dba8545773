import Swarm
import Testing

/// Members that say that they reach nobody.
@Suite struct TrackerPleaTests {
    private let blob = ToyContent(size: 10 * 65_536, seed: 1)

    /// One seed among so many members that a random handout would hardly name it.
    private func bench(members: Int = 40) throws -> TrackerBench {
        var bench = TrackerBench()
        for node in 1..<members { _ = try bench.join(node, blob) }
        _ = try bench.say(0, .announce([HeldBlob(digest: blob.digest, size: blob.size)]))
        // The lease is over with its holder's blob.
        _ = try bench.say(1, .announce([HeldBlob(digest: blob.digest, size: blob.size)]))
        bench.disconnect(1)
        bench.heard = [:]
        return bench
    }

    @Test func whoIsAloneIsToldOfSeedsAndWaits() throws {
        var bench = try bench()
        let replies = try bench.join(2, blob, isAlone: true)
        guard case .peers(_, _, let peers) = replies.first else {
            Issue.record("no peers")
            return
        }
        #expect(peers.first == bench.record(0) && peers.count == 10 && Set(peers.map(\.node)).count == 10)
        #expect(replies.count == 1)
        bench.tick(after: .seconds(2))
        #expect(bench.index.leaseCount == 0)
        _ = try bench.join(2, blob, isAlone: true)
        bench.tick(after: .seconds(1))
        #expect(bench.heard[2]?.last == .lease(blob.digest))
    }

    @Test func whoGainsAnythingGetsNone() throws {
        var bench = try bench()
        _ = try bench.join(2, blob, isAlone: true)
        _ = try bench.join(3, blob, isAlone: true)
        _ = try bench.join(4, blob, isAlone: true)
        _ = try bench.say(2, .progress(digest: blob.digest, prefix: 0, pieces: 1))
        _ = try bench.say(3, .announce([HeldBlob(digest: blob.digest, size: blob.size)]))
        bench.disconnect(4)
        bench.tick(after: .seconds(10))
        #expect(bench.index.leaseCount == 0)
    }

    @Test func oneLeaseServesAllThatReachNobody() throws {
        var bench = try bench()
        for node in 2..<30 { _ = try bench.join(node, blob, isAlone: true) }
        bench.tick(after: .seconds(3))
        #expect(bench.index.leaseCount == 1)
        #expect(bench.index.swarmOverview(blob.digest)?.leaseHolder == bench.record(2).node)
    }

    /// The first to be helped fetched the blob, and is of no more use to the others than the seeds were.
    @Test func whoWaitsIsNotForgottenWhileAnotherIsHelped() throws {
        var bench = try bench()
        for node in [2, 3] { _ = try bench.join(node, blob, isAlone: true) }
        bench.tick(after: .seconds(3))
        #expect(bench.index.swarmOverview(blob.digest)?.leaseHolder == bench.record(2).node)
        _ = try bench.say(2, .announce([HeldBlob(digest: blob.digest, size: blob.size)]))
        bench.tick(after: .seconds(2))
        #expect(bench.index.leaseCount == 0)
        bench.tick(after: .seconds(1))
        #expect(bench.index.swarmOverview(blob.digest)?.leaseHolder == bench.record(3).node)
    }

    @Test func whoWasHelpedLatelyLetsOthersGoFirst() throws {
        var bench = try bench()
        let other = ToyContent(size: 10 * 65_536, seed: 2)
        for node in 0..<40 where node != 1 { _ = try bench.join(node, other) }
        for node in [0, 2] { _ = try bench.say(node, .announce([HeldBlob(digest: other.digest, size: other.size)])) }
        _ = try bench.join(3, blob, isAlone: true)
        bench.tick(after: .seconds(3))
        #expect(bench.heard[3]?.last == .lease(blob.digest))
        for node in [3, 4] { _ = try bench.join(node, other, isAlone: true) }
        bench.tick(after: .seconds(3))
        #expect(bench.index.swarmOverview(other.digest)?.leaseHolder == bench.record(4).node)
    }

    /// The seed was dead after all: there is nothing left to wait for.
    @Test func theSeedsEndGivesTheLeaseAtOnce() throws {
        var bench = try bench()
        _ = try bench.join(2, blob, isAlone: true)
        bench.disconnect(0)
        #expect(bench.index.leaseCount == 1)
        bench.tick(after: .seconds(6))
        #expect(bench.index.leaseCount == 1)
    }
}

import Swarm
import Testing

@Suite struct TrackerIndexTests {
    private let blob = ToyContent(size: 10 * 65_536, seed: 1)

    @Test func theFirstToJoinGetsTheLeaseAndTheNextItsAddress() throws {
        var bench = TrackerBench()
        #expect(try bench.join(0, blob).contains(.lease(blob.digest)))
        let replies = try bench.join(1, blob)
        #expect(replies == [.peers(digest: blob.digest, size: nil, peers: [bench.record(0)])])
    }

    /// A node that holds a lease leaves the next blob to one that holds none, if one comes in time.
    @Test func leasesOfAnImageAreSpread() throws {
        var bench = TrackerBench()
        let blobs = (0..<3).map { ToyContent(size: 65_536, seed: 10 + $0) }
        bench.connect(1)
        #expect(try bench.join(0, blobs[0]).contains(.lease(blobs[0].digest)))
        #expect(try !bench.join(0, blobs[1]).contains(.lease(blobs[1].digest)))
        #expect(try !bench.join(0, blobs[2]).contains(.lease(blobs[2].digest)))
        #expect(try bench.join(1, blobs[1]).contains(.lease(blobs[1].digest)))
        #expect(try !bench.join(1, blobs[2]).contains(.lease(blobs[2].digest)))
        bench.tick(after: .milliseconds(40))
        #expect(bench.index.leaseCount == 3)
    }

    @Test func aNodeAloneWaitsForNobody() throws {
        var bench = TrackerBench()
        for seed in 0..<4 as Range<UInt64> {
            let blob = ToyContent(size: 65_536, seed: 10 + seed)
            #expect(try bench.join(0, blob).contains(.lease(blob.digest)))
        }
    }

    @Test func joinersOfASeededBlobGetNoLease() throws {
        var bench = TrackerBench()
        _ = try bench.say(0, .announce([HeldBlob(digest: blob.digest, size: blob.size)]))
        let replies = try bench.join(1, blob)
        #expect(replies == [.peers(digest: blob.digest, size: blob.size, peers: [bench.record(0)])])
        bench.tick(after: .seconds(100))
        #expect(bench.index.leaseCount == 0)
    }

    @Test func theHoldersStatesReachEveryoneElsesDoNot() throws {
        var bench = TrackerBench()
        for node in 0..<3 { _ = try bench.join(node, blob) }
        bench.heard = [:]
        _ = try bench.vouch(1, blob, 1..<3)
        #expect(bench.heard.isEmpty)
        _ = try bench.vouch(0, blob, 1..<3)
        _ = try bench.vouch(0, blob, 1..<5)
        let first = TrackerReply.states(digest: blob.digest, size: blob.size, first: 1, states: blob.states.slice(1..<3).bytes)
        let second = TrackerReply.states(digest: blob.digest, size: blob.size, first: 3, states: blob.states.slice(3..<5).bytes)
        #expect(bench.heard == [1: [first, second], 2: [first, second]])
        #expect(try bench.join(3, blob).contains { if case .states(_, _, 1, let bytes) = $0 { bytes.count == 4 * 32 } else { false } })
    }

    @Test func anotherSizeDropsTheStates() throws {
        var bench = TrackerBench()
        _ = try bench.join(0, blob)
        _ = try bench.vouch(0, blob, 1..<9)
        _ = try bench.say(0, .vouch(digest: blob.digest, size: 100, first: 1, states: []))
        #expect(bench.index.swarmOverview(blob.digest)?.states == 0)
    }

    @Test func aLeaseThatStandsStillMovesToTheLongestPrefix() throws {
        var bench = TrackerBench()
        for node in 0..<4 { _ = try bench.join(node, blob) }
        for (node, prefix) in [(1, 2), (2, 7), (3, 5)] as [(Int, UInt32)] {
            _ = try bench.say(node, .progress(digest: blob.digest, prefix: prefix, pieces: 9))
        }
        bench.heard = [:]
        bench.tick(after: .seconds(7))
        #expect(bench.heard.isEmpty)
        bench.tick(after: .seconds(2))
        #expect(bench.heard == [0: [.revoke(blob.digest)], 2: [.lease(blob.digest)]])
    }

    @Test func wordsWithoutStatesDoNotKeepALeaseForEver() throws {
        var bench = TrackerBench { $0.leaseWorthMoving = .seconds(1_000_000) }
        for node in 0..<2 { _ = try bench.join(node, blob) }
        for _ in 0..<125 {
            bench.tick(after: .seconds(1))
            _ = try bench.say(0, .vouch(digest: blob.digest, size: blob.size, first: 1, states: []))
            _ = try bench.say(1, .ping)
        }
        #expect(bench.index.swarmOverview(blob.digest)?.leaseHolder == bench.record(1).node)
    }

    @Test func whoHoldsALeaseAloneKeepsIt() throws {
        var bench = TrackerBench()
        _ = try bench.join(0, blob)
        bench.tick(after: .seconds(20))
        #expect(bench.index.swarmOverview(blob.digest)?.leaseHolder == bench.record(0).node)
    }

    /// Node 0 brings a piece a second, node 1 ten of another blob: that tells who should go on, once the origin has time for it.
    @Test func aSlowHoldersLeaseMovesToWhoeverIsKnownToBeFaster() throws {
        var bench = TrackerBench()
        let (slow, other) = (ToyContent(size: 100 * 65_536, seed: 2), ToyContent(size: 100 * 65_536, seed: 3))
        for node in 0..<3 { _ = try bench.join(node, slow) }
        _ = try bench.join(1, other)
        for step in 1..<7 {
            _ = try bench.vouch(0, slow, 1..<1 + step)
            _ = try bench.vouch(1, other, 1..<1 + step * 10)
            bench.tick(after: .seconds(1))
        }
        #expect(bench.index.swarmOverview(slow.digest)?.leaseHolder == bench.record(0).node)
        _ = try bench.say(1, .announce([HeldBlob(digest: other.digest, size: other.size)]))
        for step in 7..<16 {
            _ = try bench.vouch(0, slow, 1..<1 + step)
            bench.tick(after: .seconds(1))
        }
        #expect(bench.index.swarmOverview(slow.digest)?.leaseHolder == bench.record(1).node)
        #expect(bench.heard[0]?.contains(.revoke(slow.digest)) == true)
        for step in 1..<5 {
            _ = try bench.vouch(1, slow, 1..<step * 10)
            bench.tick(after: .seconds(1))
        }
        // The slow one waits, in case somebody else wants the next one.
        #expect(try !bench.join(0, blob).contains(.lease(blob.digest)))
        #expect(try bench.join(2, blob).contains(.lease(blob.digest)))
    }

    @Test func aDeadOrLeavingHoldersLeaseMovesAtOnce() throws {
        var bench = TrackerBench()
        for node in 0..<3 { _ = try bench.join(node, blob) }
        bench.disconnect(0)
        let second = bench.index.swarmOverview(blob.digest)?.leaseHolder
        #expect(second == bench.record(1).node || second == bench.record(2).node)
        let holder = second == bench.record(1).node ? 1 : 2
        _ = try bench.say(holder, .leave(blob.digest))
        #expect(bench.index.swarmOverview(blob.digest)?.leaseHolder == bench.record(3 - holder).node)
        _ = try bench.say(3 - holder, .leave(blob.digest))
        #expect(bench.index.swarmCount == 0 && bench.index.leaseCount == 0 && bench.index.memberCount == 0)
    }

    @Test func afterSomeYieldsTheBlobIsUnavailableToAll() throws {
        var bench = TrackerBench()
        for node in 0..<5 { _ = try bench.join(node, blob) }
        for _ in 0..<3 {
            guard let holder = (0..<5).first(where: { bench.index.swarmOverview(blob.digest)?.leaseHolder == bench.record($0).node }) else {
                Issue.record("no holder")
                return
            }
            bench.heard = [:]
            _ = try bench.say(holder, .yield(digest: blob.digest, reason: "404"))
        }
        let told = bench.heard.filter { $0.value == [.unavailable(digest: blob.digest, reason: "404")] }
        #expect(told.count == 5 && bench.index.leaseCount == 0)
        // Who gave up is not asked again soon; who has not tried is.
        #expect(try !bench.join(0, blob, isAlone: true).contains(.lease(blob.digest)))
    }

    @Test func whoAnnouncesGivesItsLeaseBack() throws {
        var bench = TrackerBench()
        for node in 0..<2 { _ = try bench.join(node, blob) }
        _ = try bench.say(0, .announce([HeldBlob(digest: blob.digest, size: blob.size)]))
        #expect(bench.index.leaseCount == 0)
        bench.disconnect(0)
        #expect(bench.index.swarmOverview(blob.digest)?.leaseHolder == bench.record(1).node)
    }

    @Test func aHolderThatReturnsKeepsItsLease() throws {
        var bench = TrackerBench()
        _ = try bench.say(1, .join(JoinRequest(digest: blob.digest, prefix: 3)))
        #expect(bench.index.leaseCount == 0)
        _ = try bench.say(0, .join(JoinRequest(digest: blob.digest, prefix: 5, holdsLease: true)))
        #expect(bench.index.swarmOverview(blob.digest)?.leaseHolder == bench.record(0).node)
        #expect(try bench.say(2, .join(JoinRequest(digest: blob.digest, holdsLease: true))).contains(.revoke(blob.digest)))
    }

    @Test func whereNoHolderReturnsTheLongestPrefixGetsTheLease() throws {
        var bench = TrackerBench()
        for (node, prefix) in [(0, 3), (1, 6), (2, 4)] {
            _ = try bench.say(node, .join(JoinRequest(digest: blob.digest, prefix: UInt32(prefix))))
        }
        bench.tick(after: .seconds(6))
        #expect(bench.index.swarmOverview(blob.digest)?.leaseHolder == bench.record(1).node)
    }

    @Test func silenceIsDeath() throws {
        var bench = TrackerBench()
        _ = try bench.join(0, blob)
        bench.tick(after: .seconds(44))
        #expect(bench.index.nodeCount == 1)
        bench.tick(after: .seconds(2))
        #expect(bench.index.nodeCount == 0 && bench.index.swarmCount == 0)
    }
}

import Swarm
import Testing

/// Limits, handouts, and what survives a restart.
@Suite struct TrackerMemoryTests {
    private let blob = ToyContent(size: 10 * 65_536, seed: 1)

    private func peers(_ replies: [TrackerReply]) -> [PeerRecord] {
        replies.flatMap { reply in
            if case .peers(_, _, let peers) = reply { return peers }
            return []
        }
    }

    @Test func handoutsStayInTheOwnZoneUntilANodeAsksAgain() throws {
        var bench = TrackerBench { $0.settling = .zero }
        for node in 0..<400 {
            bench.connect(node, zone: "zone\(node % 8)")
            let peers = peers(try bench.join(node, blob))
            // The first of each zone but that of the lease holder is its gateway.
            guard node >= 8 else { continue }
            #expect(peers.allSatisfy { $0.zone == "zone\(node % 8)" } && peers.count == min(10, node / 8))
        }
        #expect(Set(bench.index.swarmOverview(blob.digest)?.gateways ?? []) == Set((1..<8).map { bench.record($0).node }))
        bench.tick(after: .milliseconds(1))
        for node in 100..<140 {
            let peers = peers(try bench.join(node, blob))
            #expect(peers.filter { $0.zone == "zone\(node % 8)" }.count == 10)
            // Two of a zone are told of peers elsewhere.
            let count = node < 116 ? 20 : 10
            #expect(peers.count == count && Set(peers.map(\.node)).count == count)
            #expect(!peers.contains { $0.node == bench.record(node).node })
        }
        // The same two again at any time; others if the zone has not fared better by then.
        #expect(peers(try bench.join(100, blob)).count == 20)
        #expect(peers(try bench.join(116, blob)).count == 10)
        bench.tick(after: .seconds(3))
        #expect(peers(try bench.join(116, blob)).count == 20)
    }

    /// Gateways hear of others than the lease holder; of that one only if there is nobody else.
    @Test func aGatewayHearsOfPeersElsewhere() throws {
        var bench = TrackerBench()
        bench.connect(0, zone: "a")
        bench.connect(1, zone: "b")
        _ = try bench.join(0, blob)
        #expect(peers(try bench.join(1, blob)).isEmpty)
        bench.tick(after: .milliseconds(40))
        #expect(peers(bench.heard[1] ?? []).map(\.node) == [bench.record(0).node])
        bench.connect(2, zone: "a")
        _ = try bench.join(2, blob)
        #expect(peers(bench.heard[1] ?? []).map(\.node) == [bench.record(0).node, bench.record(2).node])
        // The gateway of a zone hears of it; nobody in the first zone does.
        #expect(peers(bench.heard[0] ?? []).isEmpty && peers(bench.heard[2] ?? []).map(\.node) == [bench.record(0).node])
        // Another one takes over when it leaves.
        bench.connect(3, zone: "b")
        _ = try bench.join(3, blob)
        #expect(peers(bench.heard[3] ?? []).map(\.node) == [bench.record(1).node])
        _ = try bench.say(1, .leave(blob.digest))
        #expect(peers(bench.heard[3] ?? []).contains { $0.node == bench.record(2).node })
        #expect(bench.index.swarmOverview(blob.digest)?.gateways == [bench.record(3).node])
        // With the whole blob in its zone nobody is needed any more.
        _ = try bench.say(3, .announce([HeldBlob(digest: blob.digest, size: blob.size)]))
        #expect(bench.index.swarmOverview(blob.digest)?.gateways == [])
    }

    /// A thin way into a zone makes its gateway late too, and two would bring parts twice.
    @Test(arguments: [(8, 1), (7, 1), (6, 2)]) func onlyAGatewayThatIsFarBehindGetsHelp(pieces: UInt32, gateways: Int) throws {
        let blob = ToyContent(size: 100 * 65_536, seed: 4)
        var bench = TrackerBench()
        for node in 0..<4 {
            bench.connect(node, zone: node < 2 ? "a" : "b")
            _ = try bench.join(node, blob)
        }
        _ = try bench.vouch(0, blob, 0..<101)
        _ = try bench.say(1, .progress(digest: blob.digest, prefix: 1, pieces: 45))
        _ = try bench.say(2, .progress(digest: blob.digest, prefix: 1, pieces: pieces))
        bench.tick(after: .seconds(2))
        #expect(bench.index.swarmOverview(blob.digest)?.gateways == [bench.record(2).node])
        bench.tick(after: .seconds(2))
        #expect(bench.index.swarmOverview(blob.digest)?.gateways.count == gateways)
    }

    @Test func leasesGoToTheOriginsZoneFirst() throws {
        var bench = TrackerBench { $0.originZone = "near" }
        bench.connect(0, zone: "far")
        #expect(try bench.join(0, blob).contains(.lease(blob.digest)))
        let other = ToyContent(size: 65_536, seed: 2)
        bench.connect(1, zone: "near")
        bench.connect(2, zone: "far")
        #expect(try !bench.join(2, other).contains(.lease(other.digest)))
        #expect(try bench.join(1, other).contains(.lease(other.digest)))
        // Where nobody near wants it a moment is all that is lost.
        let third = ToyContent(size: 65_536, seed: 3)
        #expect(try !bench.join(2, third).contains(.lease(third.digest)))
        bench.tick(after: .milliseconds(40))
        #expect(bench.heard[2]?.contains(.lease(third.digest)) == true)
    }

    @Test func handoutsMixTheSwarm() throws {
        var bench = TrackerBench()
        for node in 0..<200 { _ = try bench.join(node, blob) }
        var seen: Set<NodeID> = []
        for node in 0..<100 { seen.formUnion(peers(try bench.join(node, blob)).map(\.node)) }
        #expect(seen.count > 180)
    }

    @Test func nodesAndBlobsAreBounded() throws {
        var bench = TrackerBench {
            $0.nodeLimit = 2
            $0.blobsPerNode = 3
        }
        bench.connect(0)
        bench.connect(1)
        let refused = bench.connect(2)
        guard case .close? = refused.first else {
            Issue.record("\(refused)")
            return
        }
        let blobs = (0..<4).map { ToyContent(size: 10, seed: UInt64($0)) }
        for blob in blobs.prefix(3) { _ = try bench.join(0, blob) }
        #expect(throws: WireError.overLimit(what: "blobs of one node")) { try bench.join(0, blobs[3]) }
        bench.disconnect(0)
        #expect(bench.index.memberCount == 0)
        bench.connect(2)
        #expect(bench.index.nodeCount == 2)
    }

    @Test func theSameNodeConnectingAgainReplacesItsSession() throws {
        var bench = TrackerBench()
        _ = try bench.join(0, blob)
        let actions = bench.connect(0, session: 50)
        #expect(actions.contains { if case .close(SessionID(0), _) = $0 { true } else { false } })
        bench.disconnect(0)
        #expect(bench.index.nodeCount == 1 && bench.index.memberCount == 1)
    }

    @Test func strangersAndEarlyMessagesAreRefused() {
        var bench = TrackerBench()
        var index = bench.index
        #expect(throws: WireError.self) { try index.handle(.ping, from: SessionID(9), now: .zero) }
        let other = Hello(role: .agent, node: bench.record(0).node, cluster: "other", zone: "", address: "")
        let actions = bench.index.connected(SessionID(1), other, now: .zero)
        #expect(actions.count == 1 && bench.index.nodeCount == 0)
    }

    @Test func aRestartedTrackerKnowsItsSwarms() throws {
        var before = TrackerBench()
        _ = try before.join(0, blob)
        _ = try before.vouch(0, blob, 1..<6)
        _ = try before.join(1, blob)
        let kept = try #require(before.index.record(of: blob.digest))
        #expect(kept.size == blob.size && kept.states.count == 5 && kept.leaseHolder == before.record(0).node)

        var after = TrackerBench()
        after.index.restore(
            nodes: [after.record(0), after.record(1)], swarms: [kept],
            members: [(blob.digest, after.record(0).node, isSeed: false), (blob.digest, after.record(1).node, isSeed: false)], now: .zero)
        #expect(after.index.record(of: blob.digest) == kept && after.index.memberCount == 2)
        // A newcomer hears of both, and of the states, and does not get the lease.
        let replies = try after.join(2, blob)
        #expect(Set(peers(replies).map(\.node)) == [after.record(0).node, after.record(1).node])
        #expect(replies.count == 2)
        // The holder returns and goes on; the other one never does.
        _ = try after.say(0, .join(JoinRequest(digest: blob.digest, prefix: 5, holdsLease: true)))
        #expect(after.index.swarmOverview(blob.digest)?.leaseHolder == after.record(0).node)
        after.tick(after: .seconds(31))
        #expect(after.index.memberCount == 2)
    }

    @Test func aHolderThatDoesNotReturnLosesTheLease() throws {
        var bench = TrackerBench()
        let kept = SwarmRecord(digest: blob.digest, size: blob.size, states: blob.states.slice(1..<4), leaseHolder: bench.record(0).node)
        bench.index.restore(
            nodes: [bench.record(0)], swarms: [kept], members: [(blob.digest, bench.record(0).node, isSeed: false)], now: .zero)
        _ = try bench.join(1, blob)
        bench.tick(after: .seconds(9))
        #expect(bench.index.swarmOverview(blob.digest)?.leaseHolder == bench.record(1).node)
    }

    @Test func whatIsRememberedFollowsWhatHappens() throws {
        var bench = TrackerBench()
        _ = try bench.join(0, blob)
        _ = try bench.say(0, .announce([HeldBlob(digest: blob.digest, size: blob.size)]))
        bench.disconnect(0)
        let node = bench.record(0).node
        #expect(bench.changes.contains(.member(blob.digest, node, isSeed: false)))
        #expect(bench.changes.contains(.member(blob.digest, node, isSeed: true)))
        #expect(bench.changes.suffix(3).contains(.forgetSwarm(blob.digest)) && bench.changes.contains(.forgetMember(blob.digest, node)))
        #expect(bench.changes.last == .forgetNode(node))
    }
}

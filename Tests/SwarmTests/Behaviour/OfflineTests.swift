import Swarm
import Testing

/// Nodes that may ask no origin, among others and by themselves.
@Suite struct OfflineTests {
    private func cluster(offline: Int, online: Int, seed: UInt64) -> Cluster {
        let cluster = Cluster(seed: seed)
        cluster.startTrackerTicks()
        cluster.policy.asksOrigin = false
        cluster.addNodes(offline)
        cluster.policy.asksOrigin = true
        cluster.addNodes(online)
        return cluster
    }

    /// They come first and wait; the one that may ask fetches for all.
    @Test(arguments: 1...4 as ClosedRange<UInt64>) func othersFetchForThem(seed: UInt64) {
        let cluster = cluster(offline: 5, online: 1, seed: seed)
        let blob = cluster.add(ToyContent(size: 8_000_000, seed: seed))
        cluster.wantEverywhere(blob, nodes: Array(0..<5))
        cluster.want(blob, at: 5, after: .seconds(1))
        cluster.expectComplete(blob)
        #expect(cluster.originBytes(blob) == blob.size)
    }

    /// The one that fetched dies in the middle: another that may ask goes on, and none of the others.
    @Test func theLeaseGoesToOneThatMayAsk() {
        let cluster = cluster(offline: 4, online: 2, seed: 3)
        let blob = cluster.add(ToyContent(size: 20_000_000, seed: 3))
        cluster.wantEverywhere(blob)
        cluster.run(for: .seconds(5)) { cluster.originBytes(blob) > 4_000_000 }
        guard let holder = cluster.nodes.firstIndex(where: { $0.originStreams[blob.digest] != nil }) else {
            Issue.record("nobody fetches")
            return
        }
        #expect(holder >= 4)
        cluster.crash(holder)
        cluster.expectComplete(blob, nodes: cluster.nodes.indices.filter { $0 != holder })
    }

    /// Nobody has it and nobody may ask: clients are told so in seconds.
    @Test func whatNobodyHasIsNotToBeHad() {
        let cluster = cluster(offline: 3, online: 0, seed: 1)
        let blob = cluster.add(ToyContent(size: 3_000_000, seed: 1))
        cluster.wantEverywhere(blob)
        cluster.run(for: cluster.policy.lonelyAfter * 2) { cluster.nodes.allSatisfy { $0.failed[blob.digest] != nil } }
        for node in cluster.nodes {
            guard case .unavailable(let why)? = node.failed[blob.digest] else {
                Issue.record("node \(node.index) is not told")
                continue
            }
            #expect(why.contains("offline"))
        }
        #expect(cluster.originBytes(blob) == 0)
    }

    /// An agent of a tracker that does not know of such agents gives the lease back.
    @Test func aLeaseIsGivenBack() {
        var settings = NodeSettings(node: NodeID(high: 1, low: 1), cluster: "test", zone: "", address: "a:1")
        settings.transfer.asksOrigin = false
        var node = SwarmNode(settings: settings, held: [:], seed: 1)
        let digest = ToyContent(size: 1, seed: 1).digest
        #expect(told(node.handle(.trackerConnected, now: .zero)).contains(.offline))
        _ = node.handle(.want(digest, reader: ReaderID(1), stored: nil, size: nil), now: .zero)
        let answer = node.handle(.tracker(.lease(digest, after: nil)), now: .zero)
        #expect(told(answer) == [.yield(digest: digest, reason: "this agent is offline")])
    }

    private func told(_ actions: [NodeAction]) -> [TrackerRequest] {
        actions.compactMap { if case .tell(let request) = $0 { request } else { nil } }
    }

    @Test func theTrackerPassesThemOver() throws {
        var bench = TrackerBench()
        let blob = ToyContent(size: 3_000_000, seed: 1)
        _ = try bench.say(0, .offline)
        #expect(try bench.join(0, blob).contains { if case .lease = $0 { true } else { false } } == false)
        _ = try bench.say(1, .offline)
        #expect(try bench.join(1, blob, isAlone: true).contains { if case .unavailable = $0 { true } else { false } })
        #expect(try bench.join(2, blob).contains(.lease(blob.digest, after: nil)))
        bench.disconnect(2)
        bench.tick(after: .seconds(1))
        #expect(bench.index.leaseCount == 0)
    }
}

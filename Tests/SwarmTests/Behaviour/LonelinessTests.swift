import Swarm
import Testing

/// Nodes that lose, or never reach, whoever has the blob.
@Suite struct LonelinessTests {
    /// It was told of one of two seeds, and that one dies: the other one has all of it.
    @Test(arguments: 1...4 as ClosedRange<UInt64>) func whoLosesItsOnlySeedTurnsToAnother(seed: UInt64) {
        let cluster = Cluster(seed: seed)
        cluster.trackerSettings.handout = 1
        cluster.startTracker()
        let blob = cluster.add(ToyContent(size: 20_000_000, seed: seed))
        cluster.addNodes(2, holding: [blob])
        for node in cluster.nodes { node.uplink.bytesPerSecond = 10_000_000 }
        cluster.addNodes(1)
        cluster.want(blob, at: 2, after: .milliseconds(10))
        cluster.run(for: .seconds(5)) { cluster.nodes[2].bytesReceived > 2_000_000 }
        guard let source = cluster.nodes.prefix(2).firstIndex(where: { $0.bytesSent > 0 }) else {
            Issue.record("nobody sends")
            return
        }
        #expect(cluster.nodes[1 - source].bytesSent == 0)
        cluster.crash(source)
        cluster.expectComplete(blob, nodes: [2])
        #expect(cluster.originBytes(blob) == 0)
    }

    /// The seed's session is fine, but nobody gets through to it: one of them fetches, before each would by itself.
    @Test func whereNoSeedCanBeReachedOneFetchesForAll() {
        let cluster = Cluster(seed: 5)
        cluster.startTrackerTicks()
        let blob = cluster.add(ToyContent(size: 3_000_000, seed: 5))
        cluster.addNodes(1, holding: [blob])
        cluster.nodes[0].isUnreachable = true
        cluster.addNodes(12)
        cluster.wantEverywhere(blob, nodes: Array(1...12))
        cluster.expectComplete(blob, within: cluster.policy.stalledAfter)
        #expect(cluster.originBytes(blob) == blob.size)
    }
}

import Swarm
import Testing

/// Blobs of one short piece, as most manifests, configs and layers are.
@Suite struct SmallBlobTests {
    /// From here to there, the tracker too.
    private static let latency: Duration = .milliseconds(10)

    /// Two nodes that know each other from another blob; the second wants one that the first has.
    private func pair() -> (Cluster, small: ToyContent) {
        let cluster = Cluster(seed: 1)
        cluster.latency = Self.latency.inNanoseconds...Self.latency.inNanoseconds
        cluster.startTrackerTicks()
        let small = cluster.add(ToyContent(size: 20_000, seed: 2), origin: nil)
        let other = cluster.add(ToyContent(size: 3_000_000, seed: 3))
        cluster.addNodes(1, holding: [small])
        cluster.addNodes(1)
        cluster.wantEverywhere(other)
        cluster.expectComplete(other)
        return (cluster, small)
    }

    @Test func aKnownPeerBringsItInOneRoundTrip() {
        let (cluster, small) = pair()
        let began = cluster.now
        cluster.want(small, at: 1)
        cluster.expectComplete(small, nodes: [1])
        // One round trip to the tracker, one to the peer, and a little for hashing and storing.
        #expect((cluster.nodes[1].published[small.digest] ?? .zero) - began < Self.latency * 5)
        #expect(cluster.nodes[1].bytesWasted == 0)
    }

    /// The peer that is named wants it too: the guess was wrong, and nothing is lost.
    @Test func aWrongGuessCostsNothing() {
        let (cluster, _) = pair()
        let small = cluster.add(ToyContent(size: 30_000, seed: 4))
        cluster.wantEverywhere(small)
        cluster.expectComplete(small)
        #expect(cluster.originBytes(small) == small.size)
    }
}

extension Duration {
    fileprivate var inNanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}

import Swarm
import Testing

/// An origin that breaks, refuses or lies.
@Suite struct OriginFaultTests {
    @Test(arguments: [1, 2, 4])
    func aBrokenStreamIsResumedAtThePrefix(breaks: Int) {
        var origin = OriginModel()
        origin.script = Array(repeating: .breaks(afterBytes: 500_000), count: breaks)
        let (cluster, blob) = Cluster.cold(3, origin: origin)
        cluster.wantEverywhere(blob)
        cluster.expectComplete(blob)
        #expect(cluster.originBytes(blob) <= blob.size + UInt64(breaks * blob.layout.pieceLength))
        let orders = cluster.origins[blob.digest]?.orders.map(\.firstPiece) ?? []
        #expect(orders == orders.sorted() && Set(orders).count == orders.count)
    }

    @Test(arguments: [1, 2, 4, 12], [true, false])
    func aMissingBlobFailsSoonEverywhere(nodes: Int, hasTracker: Bool) {
        var origin = OriginModel()
        origin.otherwise = .notFound
        let (cluster, blob) = Cluster.cold(nodes, origin: origin, hasTracker: hasTracker)
        cluster.wantEverywhere(blob)
        #expect(cluster.settle(blob, within: .seconds(5)))
        #expect(cluster.problems == [])
        for node in cluster.nodes {
            guard case .notFound? = node.failed[blob.digest] else {
                Issue.record("node \(node.index): \(String(describing: node.failed[blob.digest]))")
                continue
            }
        }
        #expect(cluster.tracker?.swarmOverview(blob.digest)?.downloading ?? 0 == 0 || nodes > 0)
    }

    @Test(arguments: [OriginModel.Attempt.notFound, .refuses, .breaks(afterBytes: 0)])
    func whereOneNodeIsRefusedAnotherFetches(fault: OriginModel.Attempt) {
        for refused in 0..<4 {
            var origin = OriginModel()
            origin.byNode = [refused: fault]
            let (cluster, blob) = Cluster.cold(4, seed: UInt64(refused), origin: origin)
            cluster.want(blob, at: refused, after: .milliseconds(10))
            for node in 0..<4 where node != refused { cluster.want(blob, at: node, after: .milliseconds(11)) }
            cluster.expectComplete(blob)
        }
    }

    @Test func anOriginThatIsDownForGoodFailsInBoundedTime() {
        var origin = OriginModel()
        origin.otherwise = .breaks(afterBytes: 0)
        let (cluster, blob) = Cluster.cold(5, origin: origin)
        cluster.wantEverywhere(blob)
        #expect(cluster.settle(blob, within: .seconds(60)))
        #expect(cluster.nodes.allSatisfy { $0.failed[blob.digest] != nil })
        #expect(cluster.problems == [])
    }

    @Test func wrongBytesFromTheOriginAreNeverPublished() {
        var origin = OriginModel()
        let truth = ToyContent(size: 3_000_000, seed: 1)
        origin.content = truth.forged(from: 20, seed: 8)
        let (cluster, blob) = Cluster.cold(4, origin: origin)
        cluster.isReleaseTrusted = false
        cluster.wantEverywhere(blob)
        #expect(cluster.settle(blob, within: .seconds(120)))
        #expect(cluster.nodes.allSatisfy { $0.published[blob.digest] == nil && $0.failed[blob.digest] != nil })
        #expect(cluster.problems == [])
    }

    @Test func aFailedBlobCanBeWantedAgain() {
        var origin = OriginModel()
        origin.script = [.notFound, .notFound, .notFound, .notFound]
        let (cluster, blob) = Cluster.cold(2, origin: origin)
        cluster.wantEverywhere(blob)
        #expect(cluster.settle(blob, within: .seconds(5)))
        for node in cluster.nodes { node.failed = [:] }
        cluster.origins[blob.digest]?.script = []
        // The peers are still connected, and the tracker remembers who gave up.
        cluster.wantEverywhere(blob)
        cluster.expectComplete(blob)
    }

    @Test func aSilentOriginCostsTheLease() {
        var origin = OriginModel()
        origin.script = [.hangs]
        let (cluster, blob) = Cluster.cold(3, origin: origin)
        cluster.wantEverywhere(blob)
        cluster.expectComplete(blob, within: .seconds(30))
        #expect(cluster.originBytes(blob) == blob.size)
    }
}

import Swarm
import Testing

/// Nodes with limits, in virtual time: how long a transfer takes tells the rate.
@Suite struct RateTests {
    private static let rate: UInt64 = 2_000_000
    /// The simulated nodes do not hurry to their first tick: a second until states are asked for, and one until the seed looks again.
    private static let start = 2.0

    /// The seconds from the start until a node has a blob.
    private func seconds(_ cluster: Cluster, _ blob: ToyContent, at node: Int) -> Double {
        guard let published = cluster.nodes[node].published[blob.digest] else { return .infinity }
        return (published - .zero) / .seconds(1)
    }

    /// A seed with the blobs, limited or not, then `count` nodes without.
    private func cluster(
        holding blobs: [ToyContent], seeds: Int = 1, nodes count: Int, upload: UInt64? = nil, download: UInt64? = nil
    ) -> Cluster {
        let cluster = Cluster(seed: 3)
        cluster.startTrackerTicks()
        for blob in blobs { cluster.add(blob, origin: nil) }
        cluster.adjust = { $0.uploadBytesPerSecond = upload }
        cluster.addNodes(seeds, holding: blobs)
        cluster.adjust = { $0.downloadBytesPerSecond = download }
        cluster.addNodes(count)
        return cluster
    }

    @Test(arguments: [2_000_000, 20_000_000] as [UInt64])
    func aSeedSendsNoFasterThanItMay(size: UInt64) {
        let blob = ToyContent(size: size, seed: 1)
        let cluster = cluster(holding: [blob], nodes: 1, upload: Self.rate)
        cluster.want(blob, at: 1, after: .milliseconds(10))
        cluster.expectComplete(blob, nodes: [1])
        let due = Double(size) / Double(Self.rate)
        let took = seconds(cluster, blob, at: 1)
        #expect(took >= 0.95 * due && took <= 1.05 * due + Self.start, "\(took) s")
    }

    @Test func aLimitedSeedIsFairToItsPeers() {
        let blobs = (1...4).map { ToyContent(size: 5_000_000, seed: $0) }
        let cluster = cluster(holding: blobs, nodes: 4, upload: Self.rate)
        for (index, blob) in blobs.enumerated() { cluster.want(blob, at: index + 1, after: .milliseconds(10)) }
        for (index, blob) in blobs.enumerated() { cluster.expectComplete(blob, nodes: [index + 1]) }
        let times = blobs.enumerated().map { seconds(cluster, $1, at: $0 + 1) }
        #expect((times.min() ?? 0) > 0.85 * (times.max() ?? 0), "\(times)")
        #expect((times.max() ?? 0) >= 9.5 && (times.max() ?? 0) <= 10.5 + Self.start, "\(times)")
    }

    @Test func aNodeAsksForNoMoreThanItMay() {
        let blob = ToyContent(size: 20_000_000, seed: 1)
        let cluster = cluster(holding: [blob], seeds: 3, nodes: 1, download: Self.rate)
        cluster.want(blob, at: 3, after: .milliseconds(10))
        cluster.expectComplete(blob, nodes: [3])
        let took = seconds(cluster, blob, at: 3)
        #expect(took >= 9.5 && took <= 10.5 + Self.start, "\(took) s")
        #expect(cluster.nodes[3].bytesWasted == 0)
    }

    /// What is small does not wait behind what is large.
    @Test func aSmallBlobOvertakesALimitedDownload() {
        let (large, small) = (ToyContent(size: 20_000_000, seed: 1), ToyContent(size: 5000, seed: 2))
        let cluster = cluster(holding: [large, small], nodes: 1, download: Self.rate)
        cluster.want(large, at: 1, after: .milliseconds(10))
        cluster.want(small, at: 1, after: .seconds(3))
        cluster.expectComplete(small, nodes: [1])
        #expect(seconds(cluster, small, at: 1) < 4.1)
        #expect(cluster.nodes[1].published[large.digest] == nil)
    }

    @Test func tooManyTransfersAreRefused() {
        let blobs = (1...3).map { ToyContent(size: 100_000, seed: $0) }
        let cluster = Cluster(seed: 3)
        for blob in blobs { cluster.add(blob) }
        cluster.adjust = { $0.transferLimit = 2 }
        cluster.addNodes(1)
        for blob in blobs { cluster.want(blob, at: 0) }
        for blob in blobs { cluster.settle(blob, within: .seconds(30)) }
        #expect(blobs.map { cluster.nodes[0].published[$0.digest] != nil } == [true, true, false])
        #expect(cluster.nodes[0].failed[blobs[2].digest]?.description.contains("the limit") == true)
    }
}

import Swarm
import Testing

/// Nodes that all want a blob which none of them has.
@Suite struct ColdStartTests {
    @Test(arguments: [1, 2, 5, 30])
    func originSendsExactlyOneCopy(nodes: Int) {
        let (cluster, blob) = Cluster.cold(nodes)
        cluster.wantEverywhere(blob)
        cluster.expectComplete(blob)
        #expect(cluster.originBytes(blob) == blob.size)
    }

    @Test(
        arguments: [0, 1, 65_535, 65_536, 65_537, 1_000_000, 40_000_000] as [UInt64], [DigestAlgorithm.sha256, .sha512])
    func everySizeArrives(size: UInt64, algorithm: DigestAlgorithm) {
        var origin = OriginModel()
        origin.bytesPerSecond = 1e9
        let (cluster, blob) = Cluster.cold(3, size: size, origin: origin, algorithm: algorithm)
        cluster.wantEverywhere(blob)
        cluster.expectComplete(blob)
        #expect(cluster.originBytes(blob) == size)
    }

    /// The longest pieces there are: many data frames each.
    @Test func piecesOfAMebibyte() {
        let layout = PieceLayout(blobSize: 3 << 30)
        #expect(layout?.pieceLength == 1 << 20)
        var origin = OriginModel()
        origin.bytesPerSecond = 1e9
        let (cluster, blob) = Cluster.cold(2, size: (1 << 31) + (1 << 20), origin: origin)
        cluster.wantEverywhere(blob)
        cluster.expectComplete(blob)
        #expect(cluster.originBytes(blob) == blob.size)
    }

    /// Every node knows how many blobs share the way to the origins, whoever streams them.
    @Test func blobsThatComeFromOriginsAreCounted() {
        let cluster = Cluster(seed: 21)
        cluster.startTrackerTicks()
        cluster.originUplink.bytesPerSecond = 10_000_000
        let blobs = ([2_000_000, 20_000_000] as [UInt64]).map { cluster.add(ToyContent(size: $0, seed: $0)) }
        cluster.addNodes(3)
        for blob in blobs { cluster.wantEverywhere(blob) }
        cluster.run(for: .milliseconds(200))
        #expect(cluster.nodes.map({ $0.policy.blobsFromOrigins }) == [2, 2, 2])
        cluster.expectComplete(blobs[0])
        #expect(cluster.nodes.map({ $0.policy.blobsFromOrigins }) == [1, 1, 1])
        cluster.expectComplete(blobs[1])
    }

    @Test func piecesAreRelayedBeforeTheHolderIsDone() {
        var origin = OriginModel()
        origin.bytesPerSecond = 5_000_000
        let (cluster, blob) = Cluster.cold(10, size: 10_000_000, origin: origin)
        cluster.wantEverywhere(blob)
        cluster.expectComplete(blob)
        let times = cluster.times(blob)
        let firstWhole = times.map(\.whole).min() ?? .zero
        let lastWhole = times.map(\.whole).max() ?? .zero
        // The stream takes two seconds: everyone has its first piece long before, and its last one soon after.
        #expect(times.allSatisfy { firstWhole - $0.first > .milliseconds(1500) })
        #expect(lastWhole - firstWhole < .milliseconds(250))
    }

    @Test func limitedUplinksShareTheLoad() {
        var origin = OriginModel()
        origin.bytesPerSecond = 3_125_000
        let (cluster, blob) = Cluster.cold(16, size: 6_250_000, origin: origin)
        for node in cluster.nodes { node.uplink.bytesPerSecond = 3_125_000 }
        cluster.wantEverywhere(blob)
        cluster.expectComplete(blob)
        #expect(cluster.originBytes(blob) == blob.size)
        // The bound is 2.1 s; a star would take the holder 15 times two seconds.
        #expect(cluster.times(blob).allSatisfy { $0.whole < Instant.zero + .milliseconds(3300) })
        let wasted = cluster.nodes.reduce(0) { $0 + $1.bytesWasted }
        #expect(wasted <= 6_250_000 * 16 / 100)
    }

    @Test func lateComersAreServedByPeersAlone() {
        let (cluster, blob) = Cluster.cold(8)
        cluster.wantEverywhere(blob, nodes: [0, 1, 2])
        cluster.expectComplete(blob, nodes: [0, 1, 2])
        for (delay, node) in (3..<8).enumerated() { cluster.want(blob, at: node, after: .milliseconds(delay * 30)) }
        cluster.expectComplete(blob)
        #expect(cluster.originBytes(blob) == blob.size)
    }

    @Test func blobsOfAnImageAreFetchedByDifferentNodes() {
        let cluster = Cluster(seed: 3)
        cluster.startTrackerTicks()
        cluster.addNodes(6)
        let blobs = (0..<6).map { cluster.add(ToyContent(size: 2_000_000, seed: UInt64(100 + $0))) }
        // A client asks for a few layers at a time, and not all clients in the same order.
        for node in 0..<6 {
            for turn in 0..<6 { cluster.want(blobs[(node + turn) % 6], at: node, after: .milliseconds(10 + turn * 5)) }
        }
        for blob in blobs { cluster.expectComplete(blob) }
        #expect(blobs.allSatisfy { cluster.originBytes($0) == $0.size })
        let fetchers = Set(blobs.compactMap { cluster.origins[$0.digest]?.orders.first?.node })
        #expect(fetchers.count >= 3)
    }

    @Test func zonesAreCrossed() {
        let cluster = Cluster(seed: 4)
        cluster.startTrackerTicks()
        let blob = cluster.add(ToyContent(size: 3_000_000, seed: 4))
        cluster.addNodes(40, zones: 4)
        cluster.wantEverywhere(blob)
        cluster.expectComplete(blob)
        #expect(cluster.originBytes(blob) == blob.size)
    }
}

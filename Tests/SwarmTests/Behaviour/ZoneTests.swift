import Swarm
import Testing

/// Zones with a link between them that is to be used sparingly: a blob goes over it once.
@Suite struct ZoneTests {
    private static let rate = 12_500_000.0
    private static let thin = 6_250_000.0

    /// - Parameters:
    ///   - thin: bytes a second into each zone; nil for no limit. The origin is in the first zone.
    ///   - originZone: what the tracker is told of that.
    private func cluster(
        _ zones: Int = 2, nodes: Int = 24, sizes: [UInt64] = [30_000_000], thin: Double? = thin, originZone: String? = nil, seed: UInt64
    ) -> (Cluster, [ToyContent]) {
        let cluster = Cluster(seed: seed)
        cluster.trackerSettings.originZone = originZone
        cluster.tracker = TrackerIndex(settings: cluster.trackerSettings, seed: seed)
        cluster.startTrackerTicks()
        cluster.originUplink.bytesPerSecond = Self.rate
        let blobs = sizes.enumerated().map { cluster.add(ToyContent(size: $1, seed: seed * 100 + UInt64($0))) }
        cluster.addNodes(nodes, zones: zones)
        if let thin {
            for zone in 0..<zones { cluster.zoneLinks["zone\(zone)"] = SimulatedPort(bytesPerSecond: thin) }
        }
        for (index, node) in cluster.nodes.enumerated() {
            node.uplink.bytesPerSecond = Self.rate
            node.downlink.bytesPerSecond = Self.rate
            // The first one, in the first zone, gets the lease.
            let start = Duration.microseconds(Int(cluster.random.next() % 20_000)) + (index == 0 ? .zero : .milliseconds(20))
            for blob in blobs { cluster.want(blob, at: index, after: .milliseconds(10) + start) }
        }
        return (cluster, blobs)
    }

    private func seconds(_ cluster: Cluster, _ blob: ToyContent) -> Double {
        cluster.times(blob).map { ($0.whole - .zero).inSeconds }.max() ?? .infinity
    }

    /// Copies of all blobs that went into a zone, from peers and from the origin.
    private func copies(into zone: Int, _ cluster: Cluster, _ blobs: [ToyContent]) -> Double {
        let bytes = (cluster.bytesInto["zone\(zone)"] ?? 0) + (cluster.originBytesInto["zone\(zone)"] ?? 0)
        return Double(bytes) / Double(blobs.reduce(0) { $0 + $1.size })
    }

    private func gateways(_ cluster: Cluster, _ blob: ToyContent) -> [SimulatedNode] {
        let gateways = cluster.tracker?.swarmOverview(blob.digest)?.gateways ?? []
        return cluster.nodes.filter { gateways.contains($0.settings.node) }
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func oneCopyCrossesAndNothingComesBack(seed: UInt64) {
        let (cluster, blobs) = cluster(seed: seed)
        cluster.expectComplete(blobs[0])
        #expect(copies(into: 1, cluster, blobs) <= 1.05)
        #expect(copies(into: 0, cluster, blobs) == 0)
        #expect(cluster.originBytes(blobs[0]) == blobs[0].size)
        #expect(seconds(cluster, blobs[0]) <= Double(blobs[0].size) / Self.thin * 1.15)
    }

    /// Where the link is wide the zones cost next to nothing.
    @Test(arguments: [(2, 24, 1.2), (4, 48, 1.4), (24, 24, 1.1)])
    func zonesWithWideLinksAreAsQuickAsOne(zones: Int, nodes: Int, factor: Double) {
        let (cluster, blobs) = cluster(zones, nodes: nodes, thin: nil, seed: 3)
        cluster.expectComplete(blobs[0])
        let (one, same) = self.cluster(1, nodes: nodes, thin: nil, seed: 3)
        one.expectComplete(same[0])
        #expect(seconds(cluster, blobs[0]) <= seconds(one, same[0]) * factor)
        for zone in 1..<zones { #expect(copies(into: zone, cluster, blobs) <= 1.15) }
        #expect(copies(into: 0, cluster, blobs) == 0)
        #expect(one.bytesInto.isEmpty && gateways(one, same[0]).isEmpty)
    }

    /// Leases go to nodes in both zones, unless the tracker knows better.
    @Test func anImageGoesOverTheLinkOnce() {
        let sizes: [UInt64] = [1500, 6000, 300_000, 5_000_000, 10_000_000, 20_000_000]
        let (spread, blobs) = cluster(sizes: sizes, seed: 4)
        for blob in blobs { spread.expectComplete(blob) }
        #expect(copies(into: 1, spread, blobs) <= 1.1 && copies(into: 0, spread, blobs) <= 1)
        let (told, same) = cluster(sizes: sizes, originZone: "zone0", seed: 4)
        for blob in same { told.expectComplete(blob) }
        #expect(copies(into: 1, told, same) <= 1.05 && copies(into: 0, told, same) == 0)
        #expect(told.originBytesInto.isEmpty)
    }

    @Test func blobsHaveDifferentGateways() {
        let (cluster, blobs) = cluster(sizes: Array(repeating: 3_000_000, count: 6), originZone: "zone0", seed: 5)
        cluster.run(for: .milliseconds(150))
        let chosen = blobs.flatMap { gateways(cluster, $0) }
        #expect(chosen.count == 6 && Set(chosen.map(\.index)).count >= 4)
        #expect(chosen.allSatisfy { $0.settings.zone == "zone1" })
        for blob in blobs { cluster.expectComplete(blob) }
        #expect(copies(into: 1, cluster, blobs) <= 1.05)
    }

    @Test(arguments: [9, 10] as [UInt64]) func aDeadGatewayIsReplaced(seed: UInt64) {
        let (cluster, blobs) = cluster(seed: seed)
        cluster.run(for: .milliseconds(1500))
        for node in gateways(cluster, blobs[0]) { cluster.crash(node.index) }
        cluster.expectComplete(blobs[0])
        #expect(copies(into: 1, cluster, blobs) <= 1.1 && copies(into: 0, cluster, blobs) == 0)
        #expect(cluster.originBytes(blobs[0]) == blobs[0].size)
        #expect(seconds(cluster, blobs[0]) <= Double(blobs[0].size) / Self.thin * 1.3)
    }

    /// The others do not wait for a gateway with a tenth of their link.
    @Test(arguments: [7, 8] as [UInt64], [nil, thin]) func aSlowGatewayGetsHelp(seed: UInt64, thin: Double?) {
        let (cluster, blobs) = cluster(thin: thin, seed: seed)
        cluster.run(for: .milliseconds(200))
        let slow = gateways(cluster, blobs[0])
        #expect(slow.count == 1)
        for node in slow {
            node.uplink.bytesPerSecond = Self.rate / 10
            node.downlink.bytesPerSecond = Self.rate / 10
        }
        cluster.expectComplete(blobs[0])
        let others = cluster.nodes.filter { node in !slow.contains { $0 === node } }.compactMap { $0.published[blobs[0].digest] }
        #expect(others.allSatisfy { ($0 - .zero).inSeconds < 0.75 * Double(blobs[0].size) / (Self.rate / 10) })
        #expect(copies(into: 1, cluster, blobs) <= 1.3)
    }

    /// All that could feed the first zone dies: the second one, which has most of the blob, feeds it from then on.
    @Test func theOtherZoneTakesOver() {
        let (cluster, blobs) = cluster(nodes: 16, thin: nil, seed: 13)
        cluster.run(for: .milliseconds(1500))
        for node in cluster.nodes where node.settings.zone == "zone0" { cluster.crash(node.index) }
        cluster.expectComplete(blobs[0])
        for index in [0, 2, 4] { cluster.revive(index, wanting: blobs[0]) }
        cluster.expectComplete(blobs[0])
        #expect(copies(into: 0, cluster, blobs) <= 1.05)
        #expect(Double(cluster.originBytes(blobs[0])) < Double(blobs[0].size) * 1.1)
    }

    @Test(arguments: [11, 12, 24] as [UInt64]) func aTrackerThatDiesIsNotMissed(seed: UInt64) {
        let (cluster, blobs) = cluster(seed: seed)
        cluster.run(for: .milliseconds(1500))
        cluster.stopTracker()
        cluster.expectComplete(blobs[0])
        // Several of the 24 nodes go to the origin, each for what it lacks by then.
        #expect(2 * cluster.originBytes(blobs[0]) < 5 * blobs[0].size)
    }

    /// A single node in a zone, and a second one after it, have the blob from the other zone.
    @Test func aNodeAloneInItsZoneIsServed() {
        let cluster = Cluster(seed: 14)
        cluster.startTrackerTicks()
        let blobs = (0..<3).map { cluster.add(ToyContent(size: 1_000_000, seed: 140 + $0)) }
        cluster.addNodes(1, holding: blobs)
        cluster.addNodes(2, zones: 3)
        cluster.run(for: .milliseconds(100))
        for node in [1, 2] {
            for blob in blobs { cluster.want(blob, at: node) }
            for blob in blobs { cluster.expectComplete(blob, within: .seconds(5), nodes: [node]) }
        }
        #expect(blobs.allSatisfy { cluster.originBytes($0) == 0 })
    }
}

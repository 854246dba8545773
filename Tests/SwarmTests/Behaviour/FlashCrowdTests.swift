import Swarm
import Testing

/// Many nodes that want an image at once, over limited links: how near the exchange comes to the bound.
@Suite struct FlashCrowdTests {
    /// Bytes a second of every link, both ways: 100 Mbit/s.
    private static let rate = 12_500_000.0
    private static let sizes: [UInt64] = [1500, 6000, 300_000, 5_000_000, 10_000_000]

    /// - Parameter lead: how much earlier than the others' the first node's client begins.
    private func crowd(_ nodes: Int, lead: Duration = .zero) -> (Cluster, [ToyContent]) {
        let cluster = Cluster(seed: 1)
        cluster.startTrackerTicks()
        cluster.originUplink.bytesPerSecond = Self.rate
        let blobs = Self.sizes.enumerated().map { cluster.add(ToyContent(size: $1, seed: 100 + UInt64($0))) }
        cluster.addNodes(nodes)
        for (index, node) in cluster.nodes.enumerated() {
            node.uplink.bytesPerSecond = Self.rate
            node.downlink.bytesPerSecond = Self.rate
            let start = Duration.microseconds(Int(cluster.random.next() % 20_000)) + (index == 0 ? .zero : lead)
            for blob in blobs { cluster.want(blob, at: index, after: .milliseconds(10) + start) }
        }
        for blob in blobs { cluster.expectComplete(blob) }
        return (cluster, blobs)
    }

    /// Nobody can be done before all bytes went through its own link, and the first pieces had to spread before the others had anything to
    /// give: with so small an image that is most of what is lost.
    @Test func staysNearTheBound() {
        let (cluster, blobs) = crowd(16)
        let bytes = Self.sizes.reduce(0, +)
        let last = blobs.flatMap { blob in cluster.times(blob).map(\.whole) }.max() ?? .zero
        #expect((last - .zero).inSeconds <= Double(bytes) / Self.rate * 1.5)
        #expect(blobs.reduce(0) { $0 + cluster.originBytes($1) } == bytes)
        let wasted = cluster.nodes.reduce(0) { $0 + $1.bytesWasted }
        #expect(wasted <= Int(bytes) * 16 / 50)
        // Whoever streams from the origin sends little twice: the others have what it sent once.
        let most = cluster.nodes.map(\.bytesSent).max() ?? 0
        #expect(most <= Int(bytes) * 3 / 2)
    }

    /// One node asks for everything first, and still the others get their part of the leases.
    @Test func differentNodesFetchTheBlobsOfAnImage() {
        let (cluster, blobs) = crowd(6, lead: .milliseconds(20))
        let fetchers = blobs.compactMap { cluster.origins[$0.digest]?.orders.first?.node }
        #expect(Set(fetchers).count >= 4)
    }
}

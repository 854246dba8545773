import Swarm
import Testing

/// A node that is asked for more than it can soon send says so, and the others ask whoever has it too.
@Suite struct DecliningTests {
    /// Bytes a second of every link, both ways, the origin's too.
    private static let rate = 12_500_000.0

    /// Many nodes want an image of several blobs at once.
    ///
    /// - Returns: when the last had all of it, in times of what one link needs for it; and which part of what came was of no use.
    private func crowd(seed: UInt64 = 2, adjust: @escaping (inout NodeSettings) -> Void = { _ in }) -> (ratio: Double, waste: Double) {
        let cluster = Cluster(seed: seed)
        cluster.adjust = adjust
        cluster.startTrackerTicks()
        cluster.originUplink.bytesPerSecond = Self.rate
        let sizes: [UInt64] = [1500, 300_000, 3_000_000, 8_000_000, 15_000_000]
        let blobs = sizes.enumerated().map { cluster.add(ToyContent(size: $1, seed: 100 + UInt64($0))) }
        cluster.addNodes(24)
        for node in cluster.nodes {
            node.uplink.bytesPerSecond = Self.rate
            node.downlink.bytesPerSecond = Self.rate
        }
        for blob in blobs { cluster.wantEverywhere(blob) }
        for blob in blobs { cluster.expectComplete(blob) }
        let bytes = Double(sizes.reduce(0, +))
        let last = blobs.flatMap { cluster.times($0).map(\.whole) }.max() ?? .zero
        let wasted = Double(cluster.nodes.reduce(0) { $0 + $1.bytesWasted })
        return ((last - .zero).inSeconds / (bytes / Self.rate), wasted / bytes / Double(cluster.nodes.count))
    }

    @Test func nobodyWaitsInALongQueue() {
        // Several times, because who happens to know whom matters as much as the policy.
        let declining = (1...6).map { crowd(seed: $0) }
        let queueing = (1...6).map { crowd(seed: $0) { $0.uploadQueue = .seconds(100) } }
        #expect(declining.map(\.ratio).reduce(0, +) < queueing.map(\.ratio).reduce(0, +))
        for outcome in declining {
            #expect(outcome.ratio < 1.3)
            #expect(outcome.waste < 0.01)
        }
    }

    /// However little may wait, everybody gets everything.
    @Test func evenTheShortestQueueServesAll() {
        let ratio = crowd {
            $0.uploadQueue = .zero
            $0.shortestQueueBytes = 64 << 10
        }.ratio
        #expect(ratio < 2)
    }
}

import Swarm
import Testing

/// New pieces are told to a few peers first: by the time the others would be told, most have them.
@Suite struct NewsTests {
    /// Three blobs, wanted by 24 nodes at once over links of 100 Mbit/s.
    ///
    /// - Returns: seconds until the last node has all, and how often peers were told of pieces.
    private func crowd(adjust: (inout TransferPolicy) -> Void = { _ in }) -> (seconds: Double, messages: Int) {
        let rate = 12_500_000.0
        let cluster = Cluster(seed: 5)
        adjust(&cluster.policy)
        cluster.startTrackerTicks()
        cluster.originUplink.bytesPerSecond = rate
        let blobs = (1...3).map { cluster.add(ToyContent(size: 8_000_000, seed: $0)) }
        cluster.addNodes(24)
        for node in cluster.nodes {
            node.uplink.bytesPerSecond = rate
            node.downlink.bytesPerSecond = rate
        }
        for blob in blobs { cluster.wantEverywhere(blob) }
        for blob in blobs { cluster.expectComplete(blob) }
        let last = blobs.flatMap { cluster.times($0).map(\.whole) }.max() ?? .zero
        return ((last - .zero).inSeconds, cluster.newsMessages)
    }

    @Test func fewMessagesDoAsWellAsMany() {
        let some = crowd()
        let all = crowd { $0.toldFirst = .max }
        #expect(Double(some.messages) < 0.6 * Double(all.messages))
        #expect(some.seconds < 1.05 * all.seconds)
    }

    /// Who hears nothing at first hears it soon.
    @Test func theRestIsToldToo() {
        let told = crowd { $0.toldFirst = 1 }
        let forgotten = crowd {
            $0.toldFirst = 1
            $0.restInterval = .seconds(1000)
        }
        #expect(told.seconds < 1.2 * crowd().seconds)
        #expect(forgotten.seconds > 1.3 * told.seconds)
    }
}

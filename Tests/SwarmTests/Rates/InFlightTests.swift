import Testing

@testable import Swarm

/// How much is asked of all peers together.
struct InFlightTests {
    /// A slow link is asked for what it brings in two seconds; a quick one for what peers let wait, as they would decline the rest; and no link for
    /// more than memory takes.
    @Test(
        arguments: [(100_000, 512 << 10), (5_000_000, 10_000_000), (50_000_000, 12 << 20), (200_000_000, 20_000_000), (1 << 30, 32 << 20)]
            as [(Int, Int)])
    func isWhatTheLinkBrings(rate: Int, bytes: Int) {
        var node = SwarmNode(
            settings: NodeSettings(node: NodeID(high: 1, low: 1), cluster: "test", zone: "", address: "10.0.0.1:7000"), held: [:], seed: 1)
        node.bestArrivalRate.note(rate, memory: .seconds(10), now: .zero + .seconds(1))
        #expect(node.inFlightBytes(.zero + .seconds(1)) == bytes)
    }
}

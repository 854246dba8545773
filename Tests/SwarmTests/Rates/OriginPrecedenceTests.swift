import Testing

@testable import Swarm

/// What all others wait for comes from an origin, over the link over which this node's peers send.
@Suite struct OriginPrecedenceTests {
    private let content = ToyContent(size: 40 * 65_536, seed: 1)

    /// A node that streams a blob under a lease, while peers send it so many bytes a second.
    private func node(peers: Int) -> SwarmNode {
        let settings = NodeSettings(node: NodeID(high: 1, low: 1), cluster: "test", zone: "", address: "10.0.0.1:7000")
        var node = SwarmNode(settings: settings, held: [:], seed: 1)
        for event in [
            .trackerConnected, .want(content.digest, reader: ReaderID(1), stored: nil, size: content.size),
            .tracker(.lease(content.digest)), .originAnswered(content.digest, size: content.size),
        ] as [NodeEvent] { _ = node.handle(event, now: .zero) }
        node.arrivalRate.record(peers, now: .zero + .seconds(1))
        node.bestArrivalRate.note(peers, memory: .seconds(10), now: .zero + .seconds(1))
        return node
    }

    private func asked(_ node: borrowing SwarmNode, after seconds: Double) -> Int { node.inFlightBytes(.zero + .seconds(seconds)) }

    @Test func peersAreAskedForLessWhereTheyCrowdTheOriginOut() {
        var node = node(peers: 5_000_000)
        // Not before there is anything to be told.
        #expect(asked(node, after: 1) == 10_000_000)
        #expect(asked(node, after: 1.1) == 2_500_000)
        // Most of what comes is the origin's.
        node.originRate.record(9_000_000, now: .zero + .seconds(1))
        #expect(asked(node, after: 1.1) == 10_000_000)
    }

    /// Another node is to go on, and waits.
    @Test func theLastBeforeAnotherGoesOnComesFirst() {
        var node = node(peers: 5_000_000)
        _ = node.handle(.tracker(.handOver(content.digest)), now: .zero)
        #expect(asked(node, after: 0.1) == 0)
    }

    @Test func whoStreamsNothingAsksForAsMuchAsEver() {
        var node = node(peers: 5_000_000)
        _ = node.handle(.tracker(.revoke(content.digest)), now: .zero)
        #expect(asked(node, after: 2) == 10_000_000)
    }
}

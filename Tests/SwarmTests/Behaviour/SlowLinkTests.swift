import Testing

@testable import Swarm

/// Nodes whose own link is what everything waits for.
@Suite struct SlowLinkTests {
    /// Bytes a second of most links, both ways, the origin's too.
    private static let rate = 1_250_000.0
    private static let nodes = 12
    /// How many of them, the last ones, have a slow link.
    private static let slow = 2

    private struct Outcome {
        /// When the last slow node had everything, in times of what its link needs for it; 1.5 if it was not there by then.
        let ratio: Double
        /// Bytes that came to slow nodes and were of no use, as a part of what they wanted.
        let waste: Double
        let copies: Double
    }

    /// All want an image of six blobs at once.
    private func crowd(slowdown: Double, adjust: @escaping (inout NodeSettings) -> Void = { _ in }) -> Outcome {
        let cluster = Cluster(seed: 5)
        cluster.adjust = adjust
        cluster.startTrackerTicks()
        cluster.originUplink.bytesPerSecond = Self.rate
        let blobs = [6_000_000, 4_000_000, 2_500_000, 2_000_000, 1_500_000, 500_000].enumerated().map { index, size in
            cluster.add(ToyContent(size: size, seed: UInt64(index)))
        }
        cluster.addNodes(Self.nodes)
        let slow = cluster.nodes.suffix(Self.slow)
        for node in cluster.nodes {
            let rate = slow.contains { $0 === node } ? Self.rate / slowdown : Self.rate
            node.uplink.bytesPerSecond = rate
            node.downlink.bytesPerSecond = rate
        }
        for blob in blobs {
            for node in cluster.nodes.indices {
                // Leases go to the others.
                cluster.want(blob, at: node, after: .milliseconds(node < Self.nodes - Self.slow ? 10 : 50))
            }
        }
        let isWhole = { slow.allSatisfy { node in blobs.allSatisfy { node.published[$0.digest] != nil } } }
        let bytes = Double(blobs.reduce(0) { $0 + $1.size })
        let best = bytes / Self.rate * slowdown
        cluster.run(for: .seconds(1.5 * best), until: isWhole)
        #expect(cluster.problems.isEmpty)
        let wasted = Double(slow.reduce(0) { $0 + $1.bytesWasted })
        return Outcome(
            ratio: (cluster.now - .zero).inSeconds / best, waste: wasted / bytes / Double(Self.slow),
            copies: Double(blobs.reduce(0) { $0 + cluster.originBytes($1) }) / bytes)
    }

    /// What waits for our own link is neither asked for again nor fetched from the origin, as if the peers were to blame.
    @Test(arguments: [4, 10, 20] as [Double]) func everythingComesOnce(slowdown: Double) {
        let outcome = crowd(slowdown: slowdown)
        #expect(outcome.ratio < 1.1)
        #expect(outcome.waste < 0.02)
        #expect(outcome.copies < 1.02)
    }

    /// While nothing at all comes, peers are late, and not our own link.
    @Test func silenceIsNotTheLinks() {
        let cluster = Cluster(seed: 1)
        cluster.startTrackerTicks()
        let blob = cluster.add(ToyContent(size: 6_000_000, seed: 1))
        cluster.addNodes(1, holding: [blob])
        cluster.addNodes(1)
        cluster.nodes[1].downlink.bytesPerSecond = 100_000
        cluster.want(blob, at: 1, after: .milliseconds(10))
        cluster.run(for: .seconds(20))
        #expect(cluster.nodes[1].policy.delayOfLink(cluster.now) > .seconds(3))
        #expect(cluster.nodes[1].policy.delayOfLink(cluster.now + .seconds(2)) == .zero)
    }

    /// The bound on what is asked for ahead is what does it.
    @Test func askingForAllAtOnceBringsItTwice() {
        let outcome = crowd(slowdown: 10) { $0.leastInFlightBytes = $0.inFlightLimitBytes }
        #expect(outcome.waste > 0.2)
    }

    /// Over a slow link one piece takes seconds: the peer that sends it cannot send another blob's meanwhile, and keeps its requests.
    @Test func aPeerThatSendsAnotherBlobIsNotSilent() throws {
        let blobs = [ToyContent(size: 200_000, seed: 1), ToyContent(size: 300_000, seed: 2)]
        let peer = PeerRecord(node: NodeID(high: 1, low: 2), address: "10.0.0.2:7000", zone: "")
        let link = ConnectionID(1)
        var node = SwarmNode(
            settings: NodeSettings(node: NodeID(high: 1, low: 1), cluster: "test", zone: "", address: "10.0.0.1:7000"), held: [:], seed: 1)
        var (requests, cancels) = (0, 0)
        func give(_ event: NodeEvent, at now: Instant = .zero) {
            for case .send(_, let message) in node.handle(event, now: now) {
                if case .request = message { requests += 1 }
                if case .cancel = message { cancels += 1 }
            }
        }
        give(.trackerConnected)
        give(.connected(link, isInitiator: true, expecting: peer.node))
        give(.message(link, .hello(Hello(role: .agent, node: peer.node, cluster: "test", zone: "", address: peer.address))))
        for (number, blob) in blobs.enumerated() {
            let channel = UInt32(number + 1)
            give(.want(blob.digest, reader: ReaderID(1), stored: nil, size: nil))
            give(.tracker(.peers(digest: blob.digest, size: blob.size, peers: [peer])))
            give(.tracker(.states(digest: blob.digest, size: blob.size, first: 1, states: blob.states.bytes)))
            give(.message(link, .serve(channel: channel, digest: blob.digest)))
            give(.message(link, .have(channel: channel, size: blob.size, pieces: PieceSet(completeWith: blob.layout.pieceCount))))
        }
        #expect(requests >= 2)
        let timeout = TransferPolicy().requestTimeout
        for tenth in 1...100 {
            let now = Instant.zero + .milliseconds(100 * tenth)
            if tenth % 10 == 0 {
                let offset = UInt32(tenth * 100)
                _ = try node.accept(DataFrame(channel: 2, piece: 0, offset: offset - 1000, count: 1000), from: link, now: now)
            }
            give(.tick, at: now)
        }
        #expect(cancels == 0)
        give(.tick, at: .zero + .seconds(10) + timeout + .milliseconds(1))
        #expect(cancels == requests)
    }
}

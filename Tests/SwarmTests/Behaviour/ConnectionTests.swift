import Swarm
import Testing

/// Who connects to whom.
@Suite struct ConnectionTests {
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func simultaneousDialsSettleOnOneConnection(seed: UInt64) {
        let (cluster, blob) = Cluster.cold(2, seed: seed)
        let (first, second) = (cluster.nodes[0], cluster.nodes[1])
        for node in cluster.nodes { cluster.give(.want(blob.digest, reader: ReaderID(1), stored: nil, size: nil), to: node) }
        cluster.give(.tracker(.peers(digest: blob.digest, size: nil, peers: [second.record])), to: first)
        cluster.give(.tracker(.peers(digest: blob.digest, size: nil, peers: [first.record])), to: second)
        cluster.expectComplete(blob)
        #expect(first.links.count == 1 && second.links.count == 1)
        #expect(cluster.originBytes(blob) <= 2 * blob.size)
    }

    @Test func manyBlobsShareOneConnection() {
        let cluster = Cluster(seed: 2)
        cluster.startTrackerTicks()
        cluster.addNodes(2)
        for number in 0..<30 {
            let blob = cluster.add(ToyContent(size: 100_000, seed: UInt64(number)))
            cluster.want(blob, at: number % 2, after: .milliseconds(10))
            cluster.want(blob, at: (number + 1) % 2, after: .milliseconds(10 + number))
        }
        cluster.run(for: .seconds(5))
        #expect(cluster.problems == [])
        #expect(cluster.nodes.allSatisfy { $0.published.count == 30 && $0.links.count == 1 })
    }

    @Test func channelsAreClosedWhenBothHoldTheBlob() {
        let (cluster, blob) = Cluster.cold(2)
        cluster.wantEverywhere(blob)
        cluster.expectComplete(blob)
        cluster.run(for: .seconds(1))
        #expect(cluster.nodes.allSatisfy { $0.policy.channelCount == 0 && $0.policy.connectionCount == 1 })
    }

    @Test func aPeerThatAnswersUnderAnotherNameDoesNotBlockTheOne() {
        let (cluster, blob) = Cluster.cold(2)
        let stranger = PeerRecord(node: NodeID(high: 1, low: 2), address: cluster.nodes[1].settings.address, zone: "")
        cluster.give(.want(blob.digest, reader: ReaderID(1), stored: nil, size: nil), to: cluster.nodes[0])
        cluster.give(.tracker(.peers(digest: blob.digest, size: nil, peers: [stranger])), to: cluster.nodes[0])
        cluster.run(for: .milliseconds(100))
        #expect(cluster.nodes[0].policy.dialCount == 0)
    }

    @Test func aDialThatIsHungUpOnIsForgotten() {
        let (cluster, blob) = Cluster.cold(1)
        let node = cluster.nodes[0]
        let peer = PeerRecord(node: NodeID(high: 1, low: 2), address: "10.9.9.9:1", zone: "")
        cluster.give(.want(blob.digest, reader: ReaderID(1), stored: nil, size: nil), to: node)
        _ = node.policy.handle(.tracker(.peers(digest: blob.digest, size: nil, peers: [peer])), now: cluster.now)
        #expect(node.policy.dialCount == 1)
        _ = node.policy.handle(.connected(ConnectionID(99), isInitiator: true, expecting: peer.node), now: cluster.now)
        _ = node.policy.handle(.disconnected(ConnectionID(99)), now: cluster.now)
        #expect(node.policy.dialCount == 0 && node.policy.connectionCount == 0)
    }

    @Test func theConnectionLimitIsKept() {
        let cluster = Cluster(seed: 5)
        cluster.adjust = { $0.connectionLimit = 4 }
        cluster.startTrackerTicks()
        let blob = cluster.add(ToyContent(size: 3_000_000, seed: 5))
        cluster.addNodes(20)
        cluster.wantEverywhere(blob)
        cluster.expectComplete(blob)
        #expect(cluster.nodes.allSatisfy { $0.policy.connectionCount <= 4 })
    }

    /// Whoever has met as many as it may still serves, and asks, others: connections by which nothing is going on are closed for them.
    @Test func idleConnectionsMakeRoom() {
        let cluster = Cluster(seed: 6)
        cluster.adjust = { $0.connectionLimit = 4 }
        cluster.startTrackerTicks()
        let hubs = (0..<6).map { cluster.add(ToyContent(size: 1_000_000, seed: 60 + UInt64($0))) }
        let others = (6..<12).map { cluster.add(ToyContent(size: 1_000_000, seed: 60 + UInt64($0))) }
        cluster.addNodes(1, holding: hubs)
        for blob in others { cluster.addNodes(1, holding: [blob]) }
        cluster.addNodes(7)
        cluster.run(for: .milliseconds(100))
        for (index, (hub, other)) in zip(hubs, others).enumerated() {
            cluster.want(hub, at: 7 + index)
            cluster.want(other, at: 13)
            cluster.run(for: .seconds(5))
            #expect(cluster.nodes[7 + index].published[hub.digest] != nil && cluster.nodes[13].published[other.digest] != nil)
        }
        #expect((hubs + others).allSatisfy { cluster.originBytes($0) == 0 })
        #expect(cluster.nodes.allSatisfy { $0.policy.connectionCount <= 4 })
    }
}

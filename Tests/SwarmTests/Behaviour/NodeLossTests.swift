import Swarm
import Testing

/// Nodes that die, leave, and come back.
@Suite struct NodeLossTests {
    @Test func anotherNodeContinuesADeadHoldersLease() {
        var origin = OriginModel()
        origin.bytesPerSecond = 5_000_000
        let (cluster, blob) = Cluster.cold(6, size: 10_000_000, origin: origin)
        cluster.wantEverywhere(blob)
        cluster.run(for: .seconds(1))
        guard let holder = cluster.leaseHolder(of: blob) else {
            Issue.record("nobody holds the lease")
            return
        }
        cluster.crash(holder)
        cluster.expectComplete(blob)
        // What the dead one had relayed is not fetched again.
        #expect(cluster.originBytes(blob) <= blob.size + 3 * UInt64(blob.layout.pieceLength))
        let orders = cluster.origins[blob.digest]?.orders ?? []
        #expect(orders.count == 2 && orders[1].firstPiece > 20)
    }

    @Test func whenAllPeersDieTheOriginRemains() {
        var origin = OriginModel()
        origin.bytesPerSecond = 5_000_000
        let (cluster, blob) = Cluster.cold(5, size: 10_000_000, origin: origin)
        cluster.wantEverywhere(blob)
        cluster.run(for: .seconds(1))
        let survivor = (0..<5).first { $0 != cluster.leaseHolder(of: blob) } ?? 0
        for node in 0..<5 where node != survivor { cluster.crash(node) }
        cluster.expectComplete(blob)
        #expect(cluster.originBytes(blob) < blob.size * 3 / 2)
    }

    @Test func theLastSeedDies() {
        let cluster = Cluster(seed: 9)
        cluster.startTrackerTicks()
        let blob = cluster.add(ToyContent(size: 20_000_000, seed: 9))
        cluster.addNodes(1, holding: [blob])
        cluster.nodes[0].uplink.bytesPerSecond = 5_000_000
        cluster.addNodes(4)
        cluster.run(for: .milliseconds(100))
        cluster.wantEverywhere(blob, nodes: [1, 2, 3, 4])
        cluster.run(for: .seconds(2))
        cluster.crash(0)
        cluster.expectComplete(blob)
        #expect(cluster.originBytes(blob) < blob.size)
    }

    @Test func aNodeResumesWhatItHadRecorded() {
        var origin = OriginModel()
        origin.bytesPerSecond = 5_000_000
        let (cluster, blob) = Cluster.cold(1, size: 10_000_000, origin: origin)
        cluster.wantEverywhere(blob)
        cluster.run(for: .seconds(1))
        cluster.crash(0)
        cluster.run(for: .seconds(1))
        cluster.revive(0, wanting: blob)
        cluster.expectComplete(blob)
        #expect(cluster.originBytes(blob) <= blob.size + UInt64(blob.layout.pieceLength))
    }

    @Test func aNodeThatHadAllPiecesButWasNotPublishedFinishes() {
        let (cluster, blob) = Cluster.cold(1)
        let stored = StoredPieces(size: blob.size, states: blob.states, pieces: PieceSet(completeWith: blob.layout.pieceCount))
        var kept = SimulatedNode.Stored(layout: blob.layout)
        for (piece, tag) in blob.tags.enumerated() { kept.tags[piece] = tag }
        cluster.nodes[0].store[blob.digest] = kept
        cluster.want(blob, at: 0, after: .milliseconds(10), stored: stored)
        cluster.expectComplete(blob, within: .seconds(1))
        #expect(cluster.originBytes(blob) == 0)
    }

    @Test func anEvictedBlobIsServedNoMoreAndCanBeHadAgain() {
        let (cluster, blob) = Cluster.cold(3)
        cluster.wantEverywhere(blob)
        cluster.expectComplete(blob)
        cluster.nodes[0].store[blob.digest] = nil
        cluster.nodes[0].published[blob.digest] = nil
        cluster.give(.evicted(blob.digest), to: cluster.nodes[0])
        cluster.run(for: .seconds(1))
        #expect(cluster.tracker?.swarmOverview(blob.digest)?.seeds == 2)
        cluster.want(blob, at: 0)
        cluster.expectComplete(blob)
        #expect(cluster.originBytes(blob) == blob.size)
    }

    @Test func theLastReaderLeavesAndTheBlobStillArrives() {
        let (cluster, blob) = Cluster.cold(2)
        cluster.wantEverywhere(blob)
        cluster.run(for: .milliseconds(50))
        cluster.give(.readerLeft(blob.digest, ReaderID(1)), to: cluster.nodes[0])
        cluster.expectComplete(blob)
    }
}

import Swarm
import Testing

/// Whoever streams a blob from its origin sends each piece to one peer first, and the peers pass it on.
@Suite struct SuperSeedTests {
    /// Bytes a second of every link, both ways, the origin's too.
    private static let rate = 12_500_000.0

    /// One blob, wanted by `count` nodes; of these, `idlers` ask nobody for anything.
    private func crowd(_ count: Int, idlers: Int = 0, adjust: (inout TransferPolicy) -> Void = { _ in }) -> Outcome {
        let cluster = Cluster(seed: 3)
        adjust(&cluster.policy)
        cluster.startTrackerTicks()
        cluster.originUplink.bytesPerSecond = Self.rate
        let blob = cluster.add(ToyContent(size: 20_000_000, seed: 1))
        cluster.addNodes(count - idlers)
        cluster.adjust = { $0.inFlightLimitBytes = 0 }
        cluster.addNodes(idlers)
        for node in cluster.nodes {
            node.uplink.bytesPerSecond = Self.rate
            node.downlink.bytesPerSecond = Self.rate
        }
        cluster.wantEverywhere(blob)
        let active = Array(0..<count - idlers)
        cluster.expectComplete(blob, nodes: active)
        #expect(cluster.originBytes(blob) == blob.size)
        let last = active.compactMap { cluster.nodes[$0].published[blob.digest] }.max() ?? .zero
        return Outcome(last: (last - .zero).inSeconds, told: Double(cluster.piecesToldByStreamers) / Double(blob.layout.pieceCount))
    }

    private struct Outcome {
        /// When the last node had the blob, seconds.
        let last: Double
        /// To how many peers the streaming node told of each piece, on average.
        let told: Double
    }

    /// One node's link is all that brings new pieces: a copy that it sends twice keeps the others from the next piece.
    @Test func onePeerIsToldOfEachPiece() {
        let told = crowd(16)
        let toldAll = crowd(16) { $0.fewestSeeded = .max }
        #expect(told.told < 2)
        #expect(toldAll.told > 5)
        #expect(told.last < 1.05 * toldAll.last)
    }

    /// Peers that were promised pieces and do not ask for them keep nobody from having them.
    @Test func aPromiseThatIsNotTakenUpExpires() {
        #expect(crowd(8, idlers: 3).last < 1.25 * crowd(5).last)
    }
}

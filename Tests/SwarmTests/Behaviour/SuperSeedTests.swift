import Testing

@testable import Swarm

/// Whoever streams a blob from its origin sends each piece to one peer first, and the peers pass it on.
@Suite struct SuperSeedTests {
    /// Bytes a second of every link, both ways, the origin's too.
    private static let rate = 12_500_000.0

    /// One blob, wanted by `count` nodes at once, from an origin of so many bytes a second.
    private func crowd(_ count: Int, origin: Double = rate, adjust: (inout TransferPolicy) -> Void = { _ in }) -> Outcome {
        let cluster = Cluster(seed: 3)
        adjust(&cluster.policy)
        cluster.startTrackerTicks()
        cluster.originUplink.bytesPerSecond = origin
        let blob = cluster.add(ToyContent(size: 20_000_000, seed: 1))
        cluster.addNodes(count)
        for node in cluster.nodes {
            node.uplink.bytesPerSecond = Self.rate
            node.downlink.bytesPerSecond = Self.rate
        }
        cluster.wantEverywhere(blob)
        cluster.expectComplete(blob)
        #expect(cluster.originBytes(blob) == blob.size)
        let last = cluster.times(blob).map(\.whole).max() ?? .zero
        let pieces = Double(blob.layout.pieceCount)
        let firsts = Dictionary(grouping: cluster.firstToldOf.values) { $0 }.values.map(\.count)
        return Outcome(
            last: (last - .zero).inSeconds, told: Double(cluster.piecesToldByStreamers) / pieces,
            mostPromised: Double(firsts.max() ?? 0) / pieces)
    }

    private struct Outcome {
        /// When the last node had the blob, seconds.
        let last: Double
        /// To how many peers the streaming node told of each piece, on average.
        let told: Double
        /// Of which part of the pieces one peer was told first, of all peers the one with most.
        let mostPromised: Double
    }

    /// One node's link is all that brings new pieces: a copy that it sends twice keeps the others from the next piece.
    @Test func onePeerIsToldOfEachPiece() {
        let told = crowd(16)
        let toldAll = crowd(16) { $0.fewestSeeded = .max }
        #expect(told.told < 2)
        #expect(toldAll.told > 5)
        #expect(told.last < 1.05 * toldAll.last)
    }

    /// All clients wait for the same piece: they would all have it of the one that streams it, one after the other.
    @Test func aSecondCopyWaitsUntilAllPiecesAreOut() {
        var sent = SentPieces(pieceCount: 8)
        sent.isFromOrigin = true
        sent.count(0)
        #expect(sent.isSpare(0, of: 3) && !sent.isSpare(1, of: 3))
        sent.count(1)
        sent.count(2)
        #expect(!sent.isSpare(0, of: 3))
        sent.isFromOrigin = false
        #expect(!sent.isSpare(0, of: 4))
    }

    /// The same at a node that streams a blob and has three pieces of it: one peer has got the first, and another asks for it too.
    @Test func aSecondCopyIsDeclinedWhileOthersAreNotOut() {
        let blob = ToyContent(size: 100 * 65_536, seed: 1)
        let settings = NodeSettings(node: NodeID(high: 1, low: 1), cluster: "test", zone: "", address: "10.0.0.1:7000")
        var node = SwarmNode(settings: settings, held: [:], seed: 1)
        func give(_ event: NodeEvent) -> [NodeAction] { node.handle(event, now: .zero) }
        for event in [
            .trackerConnected, .want(blob.digest, reader: ReaderID(1), stored: nil, size: blob.size), .tracker(.lease(blob.digest)),
            .originAnswered(blob.digest, size: blob.size),
        ] as [NodeEvent] { _ = give(event) }
        for piece in 0..<3 { _ = give(.originBrought(blob.digest, piece: piece, end: blob.states[piece + 1])) }
        let peers = [ConnectionID(1), ConnectionID(2)]
        for (number, peer) in peers.enumerated() {
            let hello = Hello(role: .agent, node: NodeID(high: 2, low: UInt64(number)), cluster: "test", zone: "", address: "10.0.1.1:7000")
            _ = give(.connected(peer, isInitiator: false, expecting: nil))
            _ = give(.message(peer, .hello(hello)))
            _ = give(.message(peer, .open(channel: 1, digest: blob.digest)))
        }
        func isDeclined(_ piece: UInt32, by peer: Int) -> Bool {
            give(.message(peers[peer], .request(channel: 1, piece: piece))).contains { action in
                if case .send(_, .reject(_, piece)) = action { true } else { false }
            }
        }
        #expect(!isDeclined(0, by: 0))
        #expect(isDeclined(0, by: 1))
        #expect(!isDeclined(1, by: 1))
        #expect(!isDeclined(2, by: 0))
        #expect(!isDeclined(0, by: 1))
    }

    /// Whoever gets a piece first is asked for it by all: one peer's link is not enough, however soon it has taken each promise up.
    @Test func firstCopiesGoRoundAllPeers() {
        #expect(crowd(16, origin: Self.rate / 4).mostPromised < 0.1)
    }

    /// Peers that were promised pieces and do not ask for them keep no client waiting for these for long.
    @Test func aPromiseThatIsNotTakenUpExpires() {
        #expect(lagBehindIdlers() < 3_000_000)
        #expect(lagBehindIdlers { $0.promiseFor = .seconds(60) } > 3_000_000)
    }

    /// A slow origin, and half of the peers ask nobody for anything.
    ///
    /// - Returns: by how many bytes, after ten seconds, the slowest of the other half's clients is behind what the origin has sent.
    private func lagBehindIdlers(adjust: (inout TransferPolicy) -> Void = { _ in }) -> Int {
        let cluster = Cluster(seed: 4)
        adjust(&cluster.policy)
        cluster.startTrackerTicks()
        cluster.originUplink.bytesPerSecond = 1_000_000
        let blob = cluster.add(ToyContent(size: 20_000_000, seed: 1))
        cluster.addNodes(4)
        cluster.adjust = { $0.inFlightLimitBytes = 0 }
        cluster.addNodes(4)
        for node in cluster.nodes { node.uplink.bytesPerSecond = Self.rate }
        for node in cluster.nodes.indices { cluster.want(blob, at: node, after: .milliseconds(node == 0 ? 10 : 15)) }
        cluster.run(for: .seconds(10))
        let slowest = (0..<4).map { cluster.nodes[$0].store[blob.digest]?.position ?? 0 }.min() ?? 0
        return Int(cluster.originBytes(blob)) - Int(blob.layout.offset(of: slowest))
    }
}

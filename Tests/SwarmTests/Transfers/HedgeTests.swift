import Testing

@testable import Swarm

/// Requests that are late while the node may ask for no more.
@Suite struct HedgeTests {
    private static let peers = [ConnectionID(1), ConnectionID(2)]

    /// A transfer of a blob of forty pieces, one of which was asked of the first of two peers that have them all.
    private func transfer() throws -> BlobTransfer {
        let digest = try Digest(parsing: "sha256:" + String(repeating: "0", count: 64))
        var transfer = BlobTransfer(digest: digest, policy: Shared(TransferPolicy()), now: .zero)
        var actions: [TransferAction] = []
        for (number, peer) in Self.peers.enumerated() {
            transfer.add(peer, node: NodeID(high: 1, low: UInt64(number)), reach: .near)
            let size: UInt64 = 40 * 65_536
            transfer.has(peer, size: size, pieces: PieceSet(completeWith: 40), actions: &actions)
        }
        transfer.linkDelay = .seconds(4)
        _ = transfer.chain?.vouch(ToyContent(size: 40 * 65_536, seed: 1).states)
        #expect(asked(&transfer, budget: 1, at: .zero).map(\.0) == [Self.peers[0]])
        return transfer
    }

    private func asked(_ transfer: inout BlobTransfer, budget: Int, at now: Instant) -> [(ConnectionID, piece: Int)] {
        var actions: [TransferAction] = []
        var (budget, random) = (budget, SeededGenerator(seed: 1))
        var memory = ScheduleMemory()
        transfer.schedule(only: nil, now: now, budget: &budget, random: &random, memory: &memory, actions: &actions)
        return actions.compactMap { if case .request(let peer, let piece) = $0 { (peer, piece) } else { nil } }
    }

    /// Over a slow link all that may be asked for always is.
    @Test func aBlobThatStarvesIsAskedOfAnother() throws {
        var transfer = try transfer()
        let piece = transfer.requests.entries[0].piece
        #expect(asked(&transfer, budget: 0, at: .zero + .seconds(6)).isEmpty)
        let hedged = asked(&transfer, budget: 0, at: .zero + .seconds(8))
        #expect(hedged.map(\.0) == [Self.peers[1]] && hedged.map(\.piece) == [piece])
        #expect(asked(&transfer, budget: 0, at: .zero + .seconds(9)).isEmpty)
    }

    @Test func aBlobOfWhichAnythingComesIsNot() throws {
        var transfer = try transfer()
        transfer.lastGainAt = .zero + .seconds(5)
        #expect(asked(&transfer, budget: 0, at: .zero + .seconds(8)).isEmpty)
    }
}

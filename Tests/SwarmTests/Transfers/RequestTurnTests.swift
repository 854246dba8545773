import Testing

@testable import Swarm

/// Of whom a piece is asked while only one may be.
@Suite struct RequestTurnTests {
    private let content = ToyContent(size: 40 * 65_536, seed: 1)
    private let peers = (1...3).map { ConnectionID($0) }

    /// All peers have the whole blob, of which nothing has come.
    private func transfer() -> BlobTransfer {
        var transfer = BlobTransfer(digest: content.digest, policy: Shared(TransferPolicy()), now: .zero)
        var actions: [TransferAction] = []
        for (number, peer) in peers.enumerated() {
            transfer.add(peer, node: NodeID(high: 1, low: UInt64(number)), reach: .near)
            transfer.has(peer, size: content.size, pieces: PieceSet(completeWith: 40), actions: &actions)
        }
        transfer.vouched(content.size, content.states, now: .zero, actions: &actions)
        return transfer
    }

    /// The first peer declines whatever it is asked for, and offers it again: on a slow link it was once the only one that was ever asked.
    @Test func whoDeclinesIsNotAskedForEver() {
        var transfer = transfer()
        var actions: [TransferAction] = []
        var (asked, random): (Set<ConnectionID>, SeededGenerator) = ([], SeededGenerator(seed: 1))
        for _ in peers {
            actions = []
            var budget = 1
            var memory = ScheduleMemory()
            transfer.schedule(only: nil, now: .zero, budget: &budget, random: &random, memory: &memory, actions: &actions)
            guard actions.count == 1, case .request(let peer, let piece) = actions[0] else {
                Issue.record("not one request but \(actions)")
                return
            }
            asked.insert(peer)
            transfer.rejected(peer, piece: piece, sentAt: .zero, now: .zero, actions: &actions)
            transfer.gained(peer, pieces: [UInt32(piece)])
        }
        #expect(asked == Set(peers))
    }

    /// Those who owe nothing in their turn, then the one who does; then all that may owe one more.
    @Test func whoOwesLeastIsAskedFirst() {
        var transfer = transfer()
        var actions: [TransferAction] = []
        var (random, memory) = (SeededGenerator(seed: 1), ScheduleMemory())
        var asked: [[ConnectionID]] = []
        for pieces in [1, 4] {
            actions = []
            var budget = pieces * 65_536
            transfer.schedule(only: nil, now: .zero, budget: &budget, random: &random, memory: &memory, actions: &actions)
            asked.append(actions.compactMap { if case .request(let peer, _) = $0 { peer } else { nil } })
        }
        #expect(asked == [[peers[0]], [peers[1], peers[2], peers[0], peers[1]]])
    }

    @Test func thoseWhoOweAsMuchAreAskedInTurn() {
        var memory = ScheduleMemory()
        memory.askable = [Askable(index: 9, owed: 100)]
        for (index, owed) in [3, 1, 2, 1].enumerated() { memory.add(Askable(index: index, owed: owed), from: 1) }
        #expect(memory.askable.map(\.index) == [9, 1, 3, 2, 0])
    }

    /// An idle peer has only what is asked of a busy one already: it takes the last of that over, but not from afar what is to come from near.
    @Test(arguments: [BlobTransfer.Reach.near, .far]) func whoIsBusyIsRelieved(reach: BlobTransfer.Reach) {
        var policy = TransferPolicy()
        policy.longQueuePieces = 2
        var transfer = BlobTransfer(digest: content.digest, policy: Shared(policy), now: .zero)
        var (random, memory) = (SeededGenerator(seed: 1), ScheduleMemory())
        var asked: [[(peer: ConnectionID, piece: Int)]] = []
        var actions: [TransferAction] = []
        for (number, peer) in peers.prefix(2).enumerated() {
            transfer.add(peer, node: NodeID(high: 1, low: UInt64(number)), reach: number == 0 ? .near : reach)
            var pieces = PieceSet(completeWith: 40)
            if number > 0 {
                pieces = PieceSet(pieceCount: 40)
                for (_, piece) in asked[0] { pieces.insert(piece) }
            }
            transfer.has(peer, size: content.size, pieces: pieces, actions: &actions)
            transfer.vouched(content.size, content.states, now: .zero, actions: &actions)
            actions = []
            var budget = 40 * 65_536
            transfer.schedule(only: nil, now: .zero, budget: &budget, random: &random, memory: &memory, actions: &actions)
            asked.append(actions.compactMap { if case .request(let peer, let piece) = $0 { (peer, piece) } else { nil } })
        }
        #expect(asked[0].count == 2 && asked[0].allSatisfy { $0.peer == peers[0] })
        #expect(asked[1].map(\.peer) == (reach == .near ? [peers[1]] : []))
        #expect(asked[1].map(\.piece) == (reach == .near ? [asked[0][1].piece] : []))
    }
}

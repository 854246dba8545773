import Testing

@testable import Swarm

@Suite struct PiecePickingTests {
    private func set(_ pieces: [Int], of count: Int = 10) -> PieceSet {
        var set = PieceSet(pieceCount: count)
        for piece in pieces { set.insert(piece) }
        return set
    }

    /// Peer 0 offers `offered`, the others what is given for each.
    private func holders(_ offered: [Int], others: [[Int]] = []) -> PieceHolders {
        var holders = PieceHolders(pieceCount: 10)
        holders.makeRoom(for: 1 + others.count)
        for (peer, pieces) in ([offered] + others).enumerated() { holders.take(set(pieces), of: peer) }
        return holders
    }

    private func picks(_ holders: borrowing PieceHolders, wanted: [Int], positions: [Int] = [], turns: Int = 200) -> [Int?: Int] {
        var random = SeededGenerator(seed: 1)
        var counts: [Int?: Int] = [:]
        for _ in 0..<turns {
            let piece = holders.pick(from: 0, wanted: set(wanted), positions: positions, using: &random)
            counts[piece, default: 0] += 1
        }
        return counts
    }

    private let all = Array(0..<10)

    /// Also among more peers than a word has bits for.
    @Test(arguments: [0, 40])
    func theRarestWins(seeds: Int) {
        var holders = holders(all, others: [all.filter { $0 != 5 }] + Array(repeating: all, count: seeds))
        #expect(picks(holders, wanted: all) == [5: 200])
        _ = holders.remove(7, 1)
        #expect(picks(holders, wanted: all.filter { $0 != 5 }) == [7: 200])
    }

    @Test func tiesAreBrokenAtRandom() {
        let counts = picks(holders([2, 4, 6, 8], others: [all]), wanted: all, turns: 2000)
        #expect(counts.keys.count == 4 && counts.values.allSatisfy { (400...600).contains($0) })
    }

    @Test func whatAClientWaitsForComesFirst() {
        let most = holders(all, others: [[3, 4]])
        #expect(picks(most, wanted: all, positions: [3]) == [3: 200])
        #expect(picks(most, wanted: all.filter { $0 != 3 }, positions: [3]) == [4: 200])
        // Positions at and beyond the end mean that the client has read everything.
        let one = holders([1])
        #expect(picks(one, wanted: all, positions: [10]) == [1: 200])
        #expect(picks(one, wanted: all, positions: [99]) == [1: 200])
    }

    @Test func nothingInCommonIsNothing() {
        #expect(picks(holders([1, 2]), wanted: [3]) == [nil: 200])
        #expect(picks(holders([]), wanted: [3]) == [nil: 200])
    }
}

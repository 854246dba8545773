import Testing

@testable import Swarm

@Suite struct PiecePickerTests {
    private func set(_ pieces: [Int], of count: Int = 10) -> PieceSet {
        var set = PieceSet(pieceCount: count)
        for piece in pieces { set.insert(piece) }
        return set
    }

    private func picks(
        _ picker: PiecePicker, offered: [Int], wanted: [Int], positions: [Int] = [], turns: Int = 200
    ) -> [Int?: Int] {
        var random = SeededGenerator(seed: 1)
        var counts: [Int?: Int] = [:]
        for _ in 0..<turns {
            let piece = picker.pick(from: set(offered), wanted: set(wanted), positions: positions, using: &random)
            counts[piece, default: 0] += 1
        }
        return counts
    }

    @Test func theRarestWins() {
        var picker = PiecePicker(pieceCount: 10)
        picker.add(PieceSet(completeWith: 10))
        picker.add(set([0, 1, 2, 3, 4, 6, 7, 8, 9]))
        #expect(picks(picker, offered: Array(0..<10), wanted: Array(0..<10)) == [5: 200])
        picker.remove(set([7]))
        picker.remove(piece: 7)
        #expect(picks(picker, offered: Array(0..<10), wanted: Array(0..<10)) == [7: 200])
    }

    @Test func tiesAreBrokenAtRandom() {
        var picker = PiecePicker(pieceCount: 10)
        picker.add(PieceSet(completeWith: 10))
        let counts = picks(picker, offered: [2, 4, 6, 8], wanted: Array(0..<10), turns: 2000)
        #expect(counts.keys.count == 4 && counts.values.allSatisfy { (400...600).contains($0) })
    }

    @Test func whatAClientWaitsForComesFirst() {
        var picker = PiecePicker(pieceCount: 10)
        picker.add(PieceSet(completeWith: 10))
        picker.add(set([3, 4]))
        let all = Array(0..<10)
        #expect(picks(picker, offered: all, wanted: all, positions: [3]) == [3: 200])
        #expect(picks(picker, offered: all, wanted: all.filter { $0 != 3 }, positions: [3]) == [4: 200])
        // Positions at and beyond the end mean that the client has read everything.
        #expect(picks(picker, offered: [1], wanted: all, positions: [10]) == [1: 200])
        #expect(picks(picker, offered: [1], wanted: all, positions: [99]) == [1: 200])
    }

    @Test func nothingInCommonIsNothing() {
        let picker = PiecePicker(pieceCount: 10)
        #expect(picks(picker, offered: [1, 2], wanted: [3]) == [nil: 200])
        #expect(picks(picker, offered: [], wanted: [3]) == [nil: 200])
    }
}

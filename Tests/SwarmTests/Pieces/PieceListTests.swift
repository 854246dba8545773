import Testing

@testable import Swarm

@Suite struct PieceListTests {
    /// Those that lie in the list, and those beyond.
    @Test(arguments: [0, 1, 5, 6, 40]) func piecesAreInTheOrderInWhichTheyWereNamed(count: Int) {
        let pieces = (0..<UInt32(count)).map { ($0 * 7919) % 1000 }
        let list = PieceList(pieces)
        #expect(list.count == count && list.isEmpty == (count == 0))
        #expect(Array(list) == pieces)
        #expect(list == PieceList(pieces) && list.hashValue == PieceList(pieces).hashValue)
        #expect(list != PieceList(pieces + [1]))
        if count > 0 { #expect(list != PieceList(pieces.dropLast() + [2000])) }
    }
}

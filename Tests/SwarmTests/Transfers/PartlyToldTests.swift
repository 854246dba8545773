import Testing

@testable import Swarm

@Suite struct PartlyToldTests {
    private let peers = (0..<3).map { ConnectionID(UInt64($0)) }

    private func known(_ pieces: Int...) -> (Int) -> Bool { { pieces.contains($0) } }

    @Test func eachRoundHasItsPeers() {
        var told = PartlyTold()
        #expect(told.isEmpty)
        told.add([4, 5], toldTo: [peers[0], peers[1]])
        told.add([6], toldTo: [peers[1]])
        told.add([7, 3], toldTo: [peers[2], peers[0]])
        #expect(told.unknown(to: peers[0], besides: known()) == [6])
        #expect(told.unknown(to: peers[1], besides: known()) == [7, 3])
        #expect(told.unknown(to: peers[2], besides: known()) == [4, 5, 6])
        #expect(told.unknown(to: peers[2], besides: known(5)) == [4, 6])
        #expect(told.unknown(to: ConnectionID(9), besides: known(3)) == [4, 5, 6, 7])
    }

    @Test func whatIsForgottenIsToldToNobody() {
        var told = PartlyTold()
        told.add([4, 5], toldTo: [peers[0]])
        told.clear()
        #expect(told.isEmpty && told.unknown(to: peers[1], besides: known()).isEmpty)
        told.add([6], toldTo: [peers[1]])
        #expect(told.unknown(to: peers[0], besides: known()) == [6])
        #expect(told.unknown(to: peers[1], besides: known()).isEmpty)
    }

    @Test func manyRoundsAreToldApart() {
        var told = PartlyTold()
        for piece in 0..<90 { told.add([piece], toldTo: [peers[piece % 3]]) }
        #expect(told.unknown(to: peers[1], besides: known()) == PieceList((0..<90).filter { $0 % 3 != 1 }))
    }
}

import Testing

@testable import Swarm

/// Whatever happens to a piece, what is left to ask for is what somebody has and nobody brings.
@Suite struct PieceLedgerTests {
    private static let count = 40

    private func left(_ ledger: borrowing PieceLedger) -> [Int] {
        (0..<Self.count).filter { piece in
            let isHere = ledger.have.contains(piece) || ledger.checking.contains(piece)
            return ledger.holders.available.contains(piece) && !isHere && !ledger.requests.pieces.contains(piece)
        }
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func whatIsLeftIsKeptRight(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        func number(below limit: Int) -> Int { Int(random.next(upperBound: UInt64(limit))) }
        var ledger = PieceLedger(pieceCount: Self.count, peers: 3)
        var peers = 3
        for _ in 0..<2000 {
            let (piece, peer) = (number(below: Self.count), number(below: peers))
            switch number(below: 14) {
            case 0, 1, 2: _ = ledger.gained(piece, peer)
            case 3: _ = ledger.declined(piece, peer)
            case 4, 5: ledger.add(PieceRequest(piece: piece, length: 1, connection: ConnectionID(UInt64(peer)), now: .zero))
            case 6 where !ledger.requests.isEmpty: ledger.removeRequest(at: number(below: ledger.requests.entries.count))
            case 7: _ = ledger.removeRequests { $0.piece == piece }
            case 8: ledger.check(piece)
            case 9: ledger.stopChecking(piece)
            case 10: _ = ledger.store(piece)
            case 11: ledger.forget(piece)
            case 12 where number(below: 8) == 0:
                ledger.withdrawOffer(of: peer)
                ledger.take(PieceSet(completeWith: Self.count), of: peer)
            case 13 where number(below: 8) == 0:
                ledger.removePeer(peer)
                peers = max(1, peers - 1)
                ledger.makeRoom(forPeers: peers)
            default: continue
            }
            #expect(Array(ledger.left) == left(ledger))
        }
    }

    @Test func whatIsHereFromBeforeIsNotAskedFor() {
        var ledger = PieceLedger(pieceCount: Self.count, peers: 1)
        ledger.take(PieceSet(completeWith: Self.count), of: 0)
        var pieces = PieceSet(pieceCount: Self.count)
        for piece in 0..<10 { pieces.insert(piece) }
        ledger.resume(pieces)
        #expect(Array(ledger.left) == Array(10..<Self.count))
    }
}

import Testing

@testable import Swarm

@Suite struct PieceHoldersTests {
    /// The same as a list of plain sets.
    private struct Model {
        var offers: [Set<Int>?] = []
    }

    private func check(_ holders: borrowing PieceHolders, _ model: Model, _ wanted: [Int]) {
        let count = holders.pieceCount
        var set = PieceSet(pieceCount: count)
        for piece in wanted { set.insert(piece) }
        var helpful = PeerSet()
        holders.find(havingAnyOf: set, &helpful)
        for (peer, offer) in model.offers.enumerated() {
            #expect(holders.isOffering(peer) == (offer != nil) && holders.offer(of: peer).map { Set($0) } == offer)
            #expect((0..<count).allSatisfy { holders.has($0, peer) == (offer?.contains($0) == true) })
            #expect(holders.isSeed(peer) == (offer?.count == count))
            let isHelpful = offer.map { !$0.isDisjoint(with: wanted) } == true
            #expect((helpful.first(from: peer) == peer) == isHelpful && holders.hasAny(of: set, peer) == isHelpful)
            #expect(holders.firstPiece(of: peer, from: count / 2) == offer?.filter { $0 >= count / 2 }.min() ?? count)
        }
        let counts = (0..<count).map { piece in model.offers.count { $0?.contains(piece) == true } }
        #expect((0..<count).map { holders.count(of: $0) } == counts)
        #expect(Array(holders.available) == (0..<count).filter { counts[$0] > 0 })
    }

    /// Of many pieces all count as helpful that make an offer, but who has none is found out by another look.
    private func checkMany(_ holders: borrowing PieceHolders, _ model: Model) {
        var set = PieceSet(completeWith: holders.pieceCount)
        set.remove(0..<3)
        var helpful = PeerSet()
        holders.find(havingAnyOf: set, &helpful)
        for (peer, offer) in model.offers.enumerated() {
            #expect((helpful.first(from: peer) == peer) == (offer != nil))
            #expect(holders.hasAny(of: set, peer) == (offer?.contains { $0 >= 3 } == true))
            var rest = set
            holders.takeOut(of: &rest, offerOf: peer)
            let expected = (3..<holders.pieceCount).filter { offer?.contains($0) != true }
            #expect(Array(rest) == expected && rest.count == expected.count)
        }
    }

    /// Peers come and go; also at the ends of words, and of more than one of them.
    @Test(arguments: [1, 5, 31, 32, 33, 64, 70])
    func agreesWithASetForEachPeer(peers: Int) {
        let count = 40
        var random = SeededGenerator(seed: UInt64(peers))
        func number(below limit: Int) -> Int { Int(random.next(upperBound: UInt64(limit))) }
        var holders = PieceHolders(pieceCount: count)
        var model = Model()
        for round in 0..<12 * peers {
            if model.offers.count < peers, round % 3 == 0 || model.offers.isEmpty {
                model.offers.append(nil)
                holders.makeRoom(for: model.offers.count)
            }
            let (peer, piece) = (number(below: model.offers.count), number(below: count))
            switch number(below: 8) {
            case 0:
                var offer = PieceSet(pieceCount: count)
                for _ in 0..<number(below: 12) { offer.insert(number(below: count)) }
                holders.withdraw(peer)
                holders.take(offer, of: peer)
                model.offers[peer] = Set(offer)
            case 1 where round % 4 == 0:
                holders.removePeer(peer)
                model.offers.remove(at: peer)
            case 2 where round % 4 == 0:
                holders.withdraw(peer)
                model.offers[peer] = nil
            case 3:
                let wasThere = model.offers[peer]?.remove(piece) != nil
                #expect(holders.remove(piece, peer) == wasThere)
            default:
                guard model.offers[peer] != nil else { continue }
                let isNew = model.offers[peer]?.insert(piece).inserted == true
                #expect(holders.insert(piece, peer) == isNew)
            }
            if round % peers == 0 { check(holders, model, (0..<3).map { _ in number(below: count) }) }
            if round % peers == peers / 2 { checkMany(holders, model) }
        }
        check(holders, model, [0, count - 1])
    }

    @Test func numbersOutsideTheBlobChangeNothing() {
        var holders = PieceHolders(pieceCount: 10)
        holders.take(PieceSet(pieceCount: 10), of: 0)
        for piece in [-1, -2, 10, 99] {
            let (isInserted, isRemoved) = (holders.insert(piece, 0), holders.remove(piece, 0))
            #expect(!isInserted && !isRemoved && !holders.has(piece, 0))
        }
        #expect(holders.isOffering(0) && holders.available.isEmpty)
    }

    @Test func aPeerMayOfferAllOfIt() {
        var holders = PieceHolders(pieceCount: 10)
        holders.makeRoom(for: 2)
        holders.take(PieceSet(completeWith: 10), of: 1)
        #expect(holders.isSeed(1) && !holders.isSeed(0) && holders.available.isComplete)
    }
}

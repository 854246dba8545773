import Testing

@testable import Swarm

@Suite struct PieceSetTests {
    private func random(_ pieceCount: Int, seed: UInt64) -> (PieceSet, Set<Int>) {
        var generator = SeededGenerator(seed: seed)
        var (set, model) = (PieceSet(pieceCount: pieceCount), Set<Int>())
        for _ in 0..<pieceCount * 2 {
            let piece = Int(generator.next() % UInt64(max(1, pieceCount)))
            guard piece < pieceCount else { continue }
            if generator.next() % 3 == 0 {
                #expect(set.remove(piece) == (model.remove(piece) != nil))
            } else {
                #expect(set.insert(piece) == model.insert(piece).inserted)
            }
        }
        return (set, model)
    }

    @Test(arguments: [0, 1, 7, 8, 9, 63, 64, 65, 127, 128, 130, 1000])
    func agreesWithANaiveModel(pieceCount: Int) {
        for seed in 1...5 as ClosedRange<UInt64> {
            let (set, model) = random(pieceCount, seed: seed)
            #expect(set.count == model.count && Array(set) == model.sorted())
            #expect(PieceSet(bitfield: set.bitfield, pieceCount: pieceCount) == set)
            for start in 0...pieceCount {
                let missing = (start..<max(start, pieceCount)).first { !model.contains($0) } ?? pieceCount
                let member = (start..<max(start, pieceCount)).first { model.contains($0) } ?? pieceCount
                guard set.firstMissing(from: start) == missing, set.firstMember(from: start) == member else {
                    Issue.record("from \(start) of \(pieceCount)")
                    return
                }
            }
        }
    }

    @Test(arguments: [1, 64, 65, 200])
    func runsAreTakenOut(pieceCount: Int) {
        var (cut, model) = random(pieceCount, seed: 8)
        cut.remove(pieceCount / 3..<pieceCount)
        model = model.filter { $0 < pieceCount / 3 }
        #expect(Array(cut) == model.sorted() && cut.count == model.count)
    }

    @Test(arguments: [1, 64, 65, 200])
    func membersAreVisitedUntilThatIsEnough(pieceCount: Int) {
        let (set, model) = random(pieceCount, seed: 8)
        var visited: [Int] = []
        set.forEachMember { piece in
            visited.append(piece)
            return true
        }
        #expect(visited == model.sorted())
        visited = []
        set.forEachMember { piece in
            visited.append(piece)
            return visited.count < 3
        }
        #expect(visited == Array(model.sorted().prefix(3)))
    }

    @Test(arguments: [0, 1, 8, 63, 64, 65])
    func completeSets(pieceCount: Int) {
        let set = PieceSet(completeWith: pieceCount)
        #expect(set.isComplete && set.count == pieceCount && set.firstMissing() == pieceCount)
        #expect(Array(set) == Array(0..<pieceCount))
    }

    @Test func numbersOutsideTheBlobChangeNothing() {
        var set = PieceSet(pieceCount: 10)
        let (below, beyond, absent) = (set.insert(-1), set.insert(10), set.remove(99))
        #expect(!below && !beyond && !absent && set.isEmpty && !set.contains(-1) && !set.contains(1 << 40))
    }

    @Test(arguments: [([], 1), ([0, 0], 8), ([0x40], 1), ([0xff], 7), ([0xff, 0x80], 8)] as [([UInt8], Int)])
    func refusesBitfields(bytes: [UInt8], pieceCount: Int) {
        #expect(PieceSet(bitfield: bytes, pieceCount: pieceCount) == nil)
    }

    @Test func bitfieldsAreBitTorrents() {
        #expect(Array(PieceSet(bitfield: [0b1010_0000, 0b0100_0000] as [UInt8], pieceCount: 10) ?? PieceSet(pieceCount: 0)) == [0, 2, 9])
    }
}

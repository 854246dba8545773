import BlobStore
import StorageTestSupport
import Swarm
import Testing

@Suite struct PieceVerifierTests {
    @Test(arguments: DigestAlgorithm.allCases, [0, 1, 65_536, 65_537, 400_000])
    func everyPieceLinksAlone(algorithm: DigestAlgorithm, size: Int) throws {
        let sample = try SampleBlob(size: size, algorithm: algorithm)
        #expect(sample.states.end == sample.layout.pieceCount)
        var previous = sample.verifier.initialState
        for piece in 0..<sample.layout.pieceCount {
            let link = try sample.link(piece)
            #expect(link.start == previous)
            previous = link.end
        }
        #expect(previous == sample.verifier.finalState)
    }

    @Test(arguments: [0, 3, 6]) func aFlippedBitBreaksItsPiece(piece: Int) throws {
        let sample = try SampleBlob(size: 400_000)
        var bytes = sample.piece(piece)
        bytes[bytes.count / 2] ^= 4
        let verdict = sample.verifier.check(bytes, piece: piece, start: sample.states[piece], end: sample.states[piece + 1])
        guard case .breaks(let link) = verdict else {
            Issue.record("a wrong piece was given \(verdict)")
            return
        }
        #expect(link.end != sample.states[piece + 1])
    }

    @Test func whatCannotBeHashedSaysWhy() throws {
        let sample = try SampleBlob(size: 400_000)
        let other = try SampleBlob(size: 400_000, algorithm: .sha512)
        #expect(sample.verifier.check([1], piece: 7, start: nil, end: nil) == .malformed("the blob has no piece 7"))
        #expect(sample.verifier.check([1], piece: 0, start: nil, end: nil) == .malformed("piece 0 has 1 bytes where 65536 belong"))
        #expect(
            sample.verifier.check(sample.piece(1), piece: 1, start: other.states[1], end: nil)
                == .malformed("the state before piece 1 is not sha256"))
    }

    /// The states that a stream gives on the way are those of the pieces, however the bytes come.
    @Test(arguments: 0..<4 as Range<UInt64>) func walkingInOddStepsGivesTheSameStates(seed: UInt64) throws {
        let sample = try SampleBlob(size: 500_000, seed: seed)
        var generator = SeededGenerator(seed: seed)
        var walker = ChainWalker(.sha256, layout: sample.layout)
        var rest = sample.bytes[...]
        while !rest.isEmpty {
            let step = Array(rest.prefix(Int.random(in: 1...200_000, using: &generator)))
            rest = rest.dropFirst(step.count)
            step.withUnsafeBytes { walker.update($0) }
            let done = sample.bytes.count - rest.count
            #expect(walker.states.end == min(done / 65_536 + 1, sample.layout.pieceCount))
        }
        let (digest, states) = walker.finish()
        #expect(digest == sample.digest)
        #expect(states == sample.states)
    }
}

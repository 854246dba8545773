import BlobStore
import Glibc
import StorageTestSupport
import Swarm
import Testing

@Suite struct PartialBlobTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func opened() throws -> BlobStore { try BlobStore(directory: directory.path) }

    @Test(arguments: DigestAlgorithm.allCases, [0, 1, 65_536, 65_537, 900_000])
    func completesFromPiecesInAnyOrder(algorithm: DigestAlgorithm, size: Int) throws {
        let store = try opened()
        let sample = try SampleBlob(size: size, algorithm: algorithm)
        let partial = try store.beginPartial(sample.digest, size: UInt64(size))
        var generator = SeededGenerator(seed: 3)
        try sample.write((0..<sample.layout.pieceCount).shuffled(using: &generator), to: partial)
        #expect(partial.pieces.isComplete)
        #expect(store.size(of: sample.digest) == nil)
        #expect(try store.complete(sample.digest) == sample.states)
        #expect(try store.complete(sample.digest) == sample.states)
        #expect(try store.bytes(of: sample.digest) == sample.bytes)
        #expect(try partial.reader.read(at: 0, count: size) == sample.bytes)
        #expect(store.partialBlobs == [])
        #expect(throws: BlobStoreError.alreadyHeld(sample.digest)) { try store.beginPartial(sample.digest, size: UInt64(size)) }
        #expect(throws: BlobStoreError.alreadyHeld(sample.digest)) { try partial.write(sample.piece(0), sample.link(0)) }
    }

    @Test func readsWhatIsThere() throws {
        let sample = try SampleBlob(size: 300_000)
        let partial = try opened().beginPartial(sample.digest, size: 300_000)
        try sample.write([1, 3], to: partial)
        #expect(Array(partial.pieces) == [1, 3])
        #expect(try partial.reader.read(at: 65_536, count: 65_536) == sample.piece(1))
        #expect(try partial.reader.read(at: 65_536 * 3 + 5, count: 10) == Array(sample.piece(3)[5..<15]))
    }

    @Test func refusesWhatDoesNotFit() throws {
        let store = try opened()
        let sample = try SampleBlob(size: 300_000)
        let partial = try store.beginPartial(sample.digest, size: 300_000)
        let link = try sample.link(1)
        #expect(throws: BlobStoreError.wrongPieceLength(sample.digest, piece: 1, expected: 65_536, actual: 3)) {
            try partial.write([1, 2, 3], link)
        }
        #expect(throws: BlobStoreError.noSuchPiece(sample.digest, piece: 5)) {
            try partial.write([], PieceLink(piece: 5, start: link.start, end: link.end))
        }
        #expect(throws: BlobStoreError.missingPieces(sample.digest, count: 5)) { try store.complete(sample.digest) }
        #expect(throws: BlobStoreError.differentSize(sample.digest, recorded: 300_000, asked: 4)) {
            try store.beginPartial(sample.digest, size: 4)
        }
        #expect(throws: BlobStoreError.tooLarge(sample.digest, size: .max)) { try store.beginPartial(sample.digest, size: .max) }
        #expect(throws: BlobStoreError.notHeld(try SampleBlob(size: 9).digest)) { try store.complete(SampleBlob(size: 9).digest) }
        #expect(try partial.write(sample.piece(1), link))
        #expect(try !partial.write(sample.piece(1), link))
    }

    private func forgery(of piece: Int, in sample: SampleBlob) throws -> (bytes: [UInt8], link: PieceLink) {
        let bytes = SeededGenerator.bytes(sample.layout.length(of: piece), seed: 99)
        let check = sample.verifier.check(bytes, piece: piece, start: sample.states[piece], end: nil)
        switch check {
        case .links(let link), .breaks(let link): return (bytes, link)
        case .malformed: throw SampleBlob.Unexpected(check: check)
        }
    }

    /// A recorded piece of a forged list stands against the true ones until it is forgotten: pieces of two lists never mix.
    @Test func recordedPiecesStandAgainstOtherLists() throws {
        let store = try opened()
        let sample = try SampleBlob(size: 300_000)
        let partial = try store.beginPartial(sample.digest, size: 300_000)
        let forged = try forgery(of: 1, in: sample)
        #expect(try partial.write(forged.bytes, forged.link))
        try sample.write([0, 3, 4], to: partial)
        #expect(throws: BlobStoreError.contradictingState(sample.digest, piece: 2)) { try partial.write(sample.piece(2), sample.link(2)) }
        #expect(throws: BlobStoreError.contradictingState(sample.digest, piece: 2)) { try partial.write(sample.piece(1), sample.link(1)) }
        #expect(throws: BlobStoreError.contradictingState(sample.digest, piece: 2)) { try partial.record(sample.states) }
        partial.forget([1])
        #expect(Array(partial.pieces) == [0, 3, 4])
        try partial.record(sample.states)
        try sample.write([1, 2], to: partial)
        #expect(try store.complete(sample.digest) == sample.states)
        try store.verify(sample.digest)
    }

    /// Pieces of a list that only somebody claimed give way to better knowledge.
    @Test(arguments: [true, false]) func untrustedPiecesGiveWay(isTrusted: Bool) throws {
        let store = try opened()
        let sample = try SampleBlob(size: 300_000)
        let partial = try store.beginPartial(sample.digest, size: 300_000)
        let forged = try forgery(of: 1, in: sample)
        try sample.write([0, 3], to: partial)
        #expect(try partial.write(forged.bytes, forged.link, isTrusted: false))
        #expect(Array(partial.pieces) == [0, 1, 3])
        try sample.write([1], to: partial, isTrusted: isTrusted)
        #expect(try partial.reader.read(at: 65_536, count: 65_536) == sample.piece(1))
        #expect(try !partial.write(sample.piece(1), sample.link(1)))
        #expect(Array(partial.pieces) == [0, 1, 3])
        let other = try forgery(of: 4, in: sample)
        #expect(throws: BlobStoreError.contradictingState(sample.digest, piece: 4)) {
            try partial.write(other.bytes, other.link, isTrusted: false)
        }
        try sample.write([2, 4], to: partial)
        try store.complete(sample.digest)
        try store.verify(sample.digest)
    }

    @Test func aRecordedListDropsUntrustedPiecesThatContradictIt() throws {
        let sample = try SampleBlob(size: 300_000)
        let partial = try opened().beginPartial(sample.digest, size: 300_000)
        let forged = try forgery(of: 2, in: sample)
        try sample.write([0], to: partial)
        #expect(try partial.write(forged.bytes, forged.link, isTrusted: false))
        try partial.record(sample.states)
        #expect(Array(partial.pieces) == [0])
        #expect(partial.states == sample.states)
    }

    @Test func theEndsOfTheChainAreFixed() throws {
        let sample = try SampleBlob(size: 131_072)
        let partial = try opened().beginPartial(sample.digest, size: 131_072)
        let (first, last) = (try sample.link(0), try sample.link(1))
        #expect(throws: BlobStoreError.contradictingState(sample.digest, piece: 0)) {
            try partial.write(sample.piece(0), PieceLink(piece: 0, start: last.start, end: first.end))
        }
        #expect(throws: BlobStoreError.contradictingState(sample.digest, piece: 1)) {
            try partial.write(sample.piece(1), PieceLink(piece: 1, start: last.start, end: first.end))
        }
    }

    @Test func recordedPiecesSurviveAndOthersDoNot() throws {
        let sample = try SampleBlob(size: 600_000)
        do {
            let store = try opened()
            let partial = try store.beginPartial(sample.digest, size: 600_000)
            try partial.record(sample.states.slice(1..<7))
            try sample.write([0, 2, 5], to: partial)
            try sample.write([1, 3], to: partial, isTrusted: false)
            partial.record([3])
            try sample.write([9], to: partial)
        }
        let store = try opened()
        #expect(store.partialBlobs.map(\.digest) == [sample.digest])
        #expect(store.recovery.isClean)
        let partial = try store.beginPartial(sample.digest, size: 600_000)
        // Piece 9 was recorded, but the states before it are not known without a gap.
        #expect(Array(partial.pieces) == [0, 2, 3, 5])
        #expect(partial.states == sample.states.slice(1..<7))
        try sample.write([1, 4, 6, 7, 8, 9], to: partial)
        try store.complete(sample.digest)
        try store.verify(sample.digest)
    }

    @Test func aRecordedPieceThatNoLongerLinksIsDropped() throws {
        let sample = try SampleBlob(size: 600_000)
        do {
            let partial = try opened().beginPartial(sample.digest, size: 600_000)
            try sample.write(0..<10, to: partial)
        }
        let descriptor = open(directory.path + "/partial/sha256-" + sample.digest.hex, O_WRONLY)
        #expect(pwrite(descriptor, [sample.bytes[200_000] ^ 1], 1, 200_000) == 1)
        close(descriptor)
        for _ in 0..<2 {
            let partial = try opened().beginPartial(sample.digest, size: 600_000)
            #expect(Array(partial.pieces) == [0, 1, 2, 4, 5, 6, 7, 8, 9])
        }
    }

    @Test func discardForgetsAndReadersReadOn() throws {
        let sample = try SampleBlob(size: 300_000)
        let store = try opened()
        let partial = try store.beginPartial(sample.digest, size: 300_000)
        try sample.write([0, 1], to: partial)
        #expect(try store.discard(sample.digest))
        #expect(try !store.discard(sample.digest))
        #expect(try partial.reader.read(at: 0, count: 65_536) == sample.piece(0))
        #expect(throws: BlobStoreError.discarded(sample.digest)) { try partial.write(sample.piece(2), sample.link(2)) }
        let again = try store.beginPartial(sample.digest, size: 300_000)
        #expect(again.pieces.isEmpty)
        #expect(again.states.isEmpty)
    }

    @Test func publishingReplacesAPartialBlob() throws {
        let sample = try SampleBlob(size: 300_000)
        let store = try opened()
        let partial = try store.beginPartial(sample.digest, size: 300_000)
        try sample.write([0], to: partial)
        try store.publish(sample.digest, sample.bytes)
        #expect(throws: BlobStoreError.alreadyHeld(sample.digest)) { try partial.write(sample.piece(1), sample.link(1)) }
        #expect(try store.bytes(of: sample.digest) == sample.bytes)
        #expect(store.partialBlobs == [])
        #expect(access(directory.path + "/partial/sha256-" + sample.digest.hex, F_OK) != 0)
    }

    @Test func severalThreadsWriteEachPieceOnce() async throws {
        let sample = try SampleBlob(size: 3_000_000)
        let store = try opened()
        let partial = try store.beginPartial(sample.digest, size: 3_000_000)
        let written = try await withThrowingTaskGroup(of: Int.self) { group in
            for worker in 0..<4 as Range<UInt64> {
                group.addTask {
                    var generator = SeededGenerator(seed: worker)
                    return try (0..<sample.layout.pieceCount).shuffled(using: &generator).reduce(into: 0) { count, piece in
                        if try partial.write(sample.piece(piece), sample.link(piece)) { count += 1 }
                        _ = try partial.reader.read(at: sample.layout.offset(of: piece), count: 100)
                    }
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(written == sample.layout.pieceCount)
        try store.complete(sample.digest)
        try store.verify(sample.digest)
    }
}

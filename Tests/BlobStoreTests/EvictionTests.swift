import StorageTestSupport
import Swarm
import Testing

@testable import BlobStore

@Suite struct EvictionTests {
    private let directory: TemporaryDirectory
    private let samples: [SampleBlob]

    init() throws {
        directory = try TemporaryDirectory()
        samples = try (1...5).map { try SampleBlob(size: 1000, seed: UInt64($0)) }
    }

    private func opened(quota: UInt64? = 5000, atSeconds seconds: UInt64 = 1000) throws -> BlobStore {
        var configuration = BlobStore.Configuration()
        configuration.quotaBytes = quota
        configuration.nowSeconds = { seconds }
        return try BlobStore(directory: directory.path, configuration: configuration)
    }

    @Test func evictsTheLeastRecentlyUsedFirst() throws {
        let store = try opened()
        for sample in samples { try store.publish(sample.digest, sample.bytes) }
        #expect(try store.makeRoom(for: 0).evicted == [])
        _ = try store.openForReading(samples[0].digest)
        let room = try store.makeRoom(for: 1500)
        #expect(room.isEnough)
        #expect(room.evicted.map(\.digest) == [samples[1].digest, samples[2].digest])
        #expect(store.heldCount == 3)
    }

    @Test func neverEvictsWhatIsReadOrKept() throws {
        let store = try opened()
        for sample in samples { try store.publish(sample.digest, sample.bytes) }
        let reader = try store.openForReading(samples[0].digest)
        var room = try store.makeRoom(for: 5000, keeping: [samples[1].digest])
        #expect(!room.isEnough)
        #expect(room.evicted.map(\.digest) == samples[2...].map(\.digest))
        #expect(try reader.read(at: 0, count: 1000) == samples[0].bytes)
        room = try store.makeRoom(for: 5000)
        #expect(room.evicted.map(\.digest) == [samples[1].digest])
    }

    @Test func neverEvictsWhatIsHeld() throws {
        let store = try opened()
        for sample in samples { try store.publish(sample.digest, sample.bytes) }
        #expect(store.hold(try SampleBlob(size: 10).digest) == nil)
        let hold = store.hold(samples[0].digest)
        #expect(try store.makeRoom(for: 4000).evicted.map(\.digest) == samples[1...].map(\.digest))
        withExtendedLifetime(hold) {}
    }

    @Test func readersThatAreGoneDoNotCount() throws {
        let store = try opened()
        try store.publish(samples[0].digest, samples[0].bytes)
        do {
            let old = try store.openForReading(samples[0].digest)
            try store.remove(samples[0].digest)
            try store.publish(samples[0].digest, samples[0].bytes)
            _ = try old.read(at: 0, count: 1)
        }
        let new = try store.openForReading(samples[0].digest)
        #expect(try store.makeRoom(for: 5000).evicted == [])
        _ = try new.read(at: 0, count: 1)
    }

    @Test func partialBlobsCountAtTheirFullSize() throws {
        let store = try opened()
        for sample in samples[..<2] { try store.publish(sample.digest, sample.bytes) }
        let large = try SampleBlob(size: 3500, seed: 9)
        _ = try store.beginPartial(large.digest, size: 3500)
        #expect(try store.makeRoom(for: 0).evicted.map(\.digest) == [samples[0].digest])
        try store.discard(large.digest)
        #expect(try store.makeRoom(for: 4000).evicted == [])
    }

    @Test func leftoversOfAnEarlierRunGoFirst() throws {
        let large = try SampleBlob(size: 3500, seed: 9)
        do {
            let store = try opened()
            try store.publish(samples[0].digest, samples[0].bytes)
            _ = try store.beginPartial(large.digest, size: 3500)
        }
        let store = try opened()
        #expect(try store.makeRoom(for: 0, keeping: [large.digest]).evicted == [])
        #expect(store.partialBlobs.map(\.digest) == [large.digest])
        #expect(try store.makeRoom(for: 2000).evicted == [])
        #expect(store.partialBlobs == [])
        #expect(store.heldCount == 1)
    }

    @Test func theOrderOfUseSurvivesAReopening() throws {
        do {
            let store = try opened(atSeconds: 1000)
            for sample in samples { try store.publish(sample.digest, sample.bytes) }
        }
        _ = try opened(atSeconds: 2000).openForReading(samples[3].digest)
        let room = try opened(quota: 1000).makeRoom(for: 0)
        #expect(room.isEnough)
        #expect(Set(room.evicted.map(\.digest)) == Set(samples.map(\.digest)).subtracting([samples[3].digest]))
    }

    @Test func theOrderOfQuickUsesSurvivesAFlush() throws {
        do {
            let store = try opened()
            for sample in samples { try store.publish(sample.digest, sample.bytes) }
            // Within one minute: only their numbers tell them apart.
            for index in [4, 2, 0, 3, 1] { _ = try store.openForReading(samples[index].digest) }
            try store.flush()
        }
        let room = try opened(quota: 1000).makeRoom(for: 0)
        #expect(room.evicted.map(\.digest) == [4, 2, 0, 3].map { samples[$0].digest })
    }

    @Test func aUseLastsUntilTheReaderCloses() throws {
        let store = try opened()
        for sample in samples { try store.publish(sample.digest, sample.bytes) }
        do {
            let reader = try store.openForReading(samples[0].digest)
            for sample in samples[1...] { _ = try store.openForReading(sample.digest) }
            _ = try reader.read(at: 0, count: 1)
        }
        #expect(try store.makeRoom(for: 4000).evicted.map(\.digest) == samples[1...].map(\.digest))
    }

    /// Each victim costs the logarithm of what is held, and a use that is out of date costs nothing for ever.
    @Test func manyUsesDoNotPileUp() throws {
        let store = try opened(quota: 3000)
        for sample in samples[..<3] { try store.publish(sample.digest, sample.bytes) }
        for _ in 0..<5000 { _ = try store.openForReading(samples[0].digest) }
        #expect(store.state.withLock { $0.candidateCount } < 1100)
        #expect(try store.makeRoom(for: 2000).evicted.map(\.digest) == [samples[1].digest, samples[2].digest])
    }

    @Test func leavesTheFreeSpaceThatIsAskedFor() throws {
        var configuration = BlobStore.Configuration()
        configuration.freeSpaceFloorBytes = .max / 2
        let store = try BlobStore(directory: directory.path, configuration: configuration)
        try store.publish(samples[0].digest, samples[0].bytes)
        #expect(try store.freeBytes() > 0)
        let room = try store.makeRoom(for: 1)
        #expect(!room.isEnough)
        #expect(room.evicted.map(\.digest) == [samples[0].digest])
    }
}

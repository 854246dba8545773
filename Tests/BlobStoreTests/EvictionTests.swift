import BlobStore
import StorageTestSupport
import Swarm
import Testing

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

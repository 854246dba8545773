import BlobStore
import StorageTestSupport
import Swarm
import Testing

/// Manifests and what they name: which goes when.
@Suite struct NamesTests {
    private let directory: TemporaryDirectory
    /// Two images of 1000 bytes a blob: each has a manifest and a layer of its own, and both have `shared`.
    private let first: SampleBlob
    private let second: SampleBlob
    private let firstLayer: SampleBlob
    private let secondLayer: SampleBlob
    private let shared: SampleBlob
    private let loose: SampleBlob

    init() throws {
        directory = try TemporaryDirectory()
        first = try SampleBlob(size: 1000, seed: 1)
        firstLayer = try SampleBlob(size: 1000, seed: 2)
        shared = try SampleBlob(size: 1000, seed: 3)
        second = try SampleBlob(size: 1000, seed: 4)
        secondLayer = try SampleBlob(size: 1000, seed: 5)
        loose = try SampleBlob(size: 1000, seed: 6)
    }

    private func opened(quota: UInt64 = 6000) throws -> BlobStore {
        var configuration = BlobStore.Configuration()
        configuration.quotaBytes = quota
        configuration.nowSeconds = { 1000 }
        return try BlobStore(directory: directory.path, configuration: configuration)
    }

    /// Stores everything in the order first image, second image, loose blob.
    private func filled() throws -> BlobStore {
        let store = try opened()
        for sample in [first, firstLayer, shared, second, secondLayer, loose] { try store.publish(sample.digest, sample.bytes) }
        store.record(names: [firstLayer.digest, shared.digest], of: first.digest)
        store.record(names: [shared.digest, secondLayer.digest], of: second.digest)
        return store
    }

    private func evicted(_ store: BlobStore, for size: UInt64, keeping kept: Set<Digest> = []) throws -> [Digest] {
        try store.makeRoom(for: size, keeping: kept).evicted.map(\.digest)
    }

    @Test func whatNothingNamesGoesFirst() throws {
        let store = try filled()
        #expect(try evicted(store, for: 1000) == [loose.digest])
    }

    @Test func anImageGoesWithItsManifestFirstAndWithoutWhatIsShared() throws {
        let store = try filled()
        #expect(try evicted(store, for: 3000) == [loose, first, firstLayer].map(\.digest))
        #expect(store.size(of: shared.digest) != nil)
        // One more: the other image, whose manifest alone still named the shared layer.
        #expect(try evicted(store, for: 5000) == [second.digest, shared.digest])
    }

    @Test func theImageThatWasUsedLastStays() throws {
        let store = try filled()
        _ = try store.openForReading(first.digest)
        #expect(try evicted(store, for: 3000) == [loose, second, secondLayer].map(\.digest))
    }

    @Test func anIndexNamesManifestsThatNameLayers() throws {
        let store = try opened()
        for sample in [loose, first, firstLayer, second] { try store.publish(sample.digest, sample.bytes) }
        store.record(names: [first.digest, shared.digest], of: loose.digest)
        store.record(names: [firstLayer.digest], of: first.digest)
        #expect(try evicted(store, for: 5000) == [second, loose, first].map(\.digest))
        #expect(try evicted(store, for: 6000) == [firstLayer.digest])
    }

    @Test func aManifestThatIsReadKeepsItsBlobs() throws {
        let store = try filled()
        let reader = try store.openForReading(first.digest)
        #expect(try evicted(store, for: 6000) == [loose, second, secondLayer].map(\.digest))
        _ = try reader.read(at: 0, count: 1)
    }

    @Test func namesSurviveAReopening() throws {
        do {
            let store = try filled()
            try store.flush()
        }
        #expect(try evicted(opened(), for: 3000) == [loose, first, firstLayer].map(\.digest))
    }

    @Test func namesAreForgottenWithTheirManifest() throws {
        do {
            let store = try filled()
            try store.remove(first.digest)
            try store.publish(first.digest, first.bytes)
            #expect(try evicted(store, for: 1000) == [firstLayer.digest])
            try store.flush()
        }
        #expect(try evicted(opened(), for: 2000) == [loose.digest])
    }

    /// The manifest goes to its client, and its names are known, a moment before its file has its place.
    @Test func namesOfAManifestThatIsBeingStoredCount() throws {
        let store = try opened(quota: 3000)
        try store.publish(firstLayer.digest, firstLayer.bytes)
        let partial = try store.beginPartial(first.digest, size: 1000)
        store.record(names: [firstLayer.digest], of: first.digest)
        try first.write([0], to: partial)
        try store.complete(first.digest)
        try store.publish(loose.digest, loose.bytes)
        #expect(try evicted(store, for: 1000) == [loose.digest])
        try store.flush()
        #expect(try evicted(store, for: 2000) == [first.digest])
    }

    @Test func namesOfAStrangerArePassedOver() throws {
        let store = try opened(quota: 2000)
        try store.publish(firstLayer.digest, firstLayer.bytes)
        store.record(names: [firstLayer.digest], of: first.digest)
        #expect(try evicted(store, for: 2000) == [firstLayer.digest])
    }
}

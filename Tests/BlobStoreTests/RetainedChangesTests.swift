import BlobStore
import LMDB
import StorageTestSupport
import Swarm
import Testing

/// Changes of the index that nobody waited for and that it had no room for: an index of a few pages is filled with the names of a manifest.
@Suite struct RetainedChangesTests {
    private let directory: TemporaryDirectory
    private let manifest: SampleBlob
    private let sample: SampleBlob
    private let reference: Reference

    init() throws {
        directory = try TemporaryDirectory()
        manifest = try SampleBlob(size: 1000)
        sample = try SampleBlob(size: 1_000_000, seed: 2)
        reference = try Reference(parsing: "registry.example.com/org/app:v1")
    }

    private func opened() throws -> BlobStore {
        var configuration = BlobStore.Configuration()
        // The names of the manifest alone need more than 32 pages.
        configuration.indexSizeBytes = 32 * 4096
        return try BlobStore(directory: directory.path, configuration: configuration)
    }

    /// A store that cannot record a manifest's names, and a blob that was begun after that.
    private func overfilled() throws -> (BlobStore, PartialBlob) {
        let store = try opened()
        try store.publish(manifest.digest, manifest.bytes)
        let names = (0..<4096).map { number in
            Digest(.sha256, bytes: (0..<32).map { $0 < 2 ? UInt8(truncatingIfNeeded: number >> (8 * $0)) : 0 })
        }
        store.record(names: names.compactMap { $0 }, of: manifest.digest)
        expectFull(store)
        return (store, try store.beginPartial(sample.digest, size: UInt64(sample.bytes.count)))
    }

    private func expectFull(_ store: BlobStore) {
        #expect { try store.flush() } throws: { error in
            if case .index(let error)? = error as? BlobStoreError { error.code == .mapFull } else { false }
        }
        #expect(store.recordingFailure != nil)
    }

    @Test func theyAreCommittedInOrderWhenThereIsRoom() throws {
        do {
            let (store, partial) = try overfilled()
            try sample.write(0..<9, to: partial)
            partial.forget([3, 5])
            expectFull(store)
            try sample.write([5], to: partial)
            expectFull(store)
            try store.remove(manifest.digest)
            try store.flush()
            #expect(store.recordingFailure == nil)
        }
        let partial = try opened().beginPartial(sample.digest, size: UInt64(sample.bytes.count))
        #expect(Array(partial.pieces) == [0, 1, 2, 4, 5, 6, 7, 8])
    }

    /// Without the pieces that were recorded before, which the whole blob makes moot.
    @Test func theyDoNotStandInTheWayOfWhatSomebodyWaitsFor() throws {
        let tag = ResolvedTag(digest: sample.digest, mediaType: "application/vnd.oci.image.manifest.v1+json", resolvedAtSeconds: 1)
        do {
            let (store, partial) = try overfilled()
            try sample.write(0..<sample.layout.pieceCount, to: partial)
            try store.remember(reference, as: tag)
            try store.complete(sample.digest)
            expectFull(store)
        }
        let store = try opened()
        #expect(store.recovery.isClean)
        #expect(try store.resolve(reference) == tag)
        try store.verify(sample.digest)
        #expect(try store.states(of: sample.digest) == sample.states)
    }

    @Test func aWriterThatStopsTriesThemOnceMore() throws {
        do {
            let (store, partial) = try overfilled()
            try sample.write(0..<3, to: partial)
            try store.remove(manifest.digest)
        }
        let partial = try opened().beginPartial(sample.digest, size: UInt64(sample.bytes.count))
        #expect(Array(partial.pieces) == [0, 1, 2])
    }

    @Test func aWriterThatStopsEndsThoughThereIsNoRoom() throws {
        do { _ = try overfilled() }
        let store = try opened()
        #expect(store.size(of: manifest.digest) == UInt64(manifest.bytes.count))
        #expect(store.recordingFailure == nil)
    }
}

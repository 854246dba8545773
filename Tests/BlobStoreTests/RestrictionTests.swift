import BlobStore
import StorageTestSupport
import Swarm
import Testing

/// Blobs that not everybody may have.
@Suite struct RestrictionTests {
    private let directory: TemporaryDirectory
    private let blob: SampleBlob
    private let other: SampleBlob

    init() throws {
        directory = try TemporaryDirectory()
        blob = try SampleBlob(size: 1000)
        other = try SampleBlob(size: 2000)
    }

    @Test func marksOnlyWhatIsNotEverybodysAlready() throws {
        let store = try BlobStore(directory: directory.path)
        try store.publish(blob.digest, blob.bytes)
        store.restrict([blob.digest, other.digest], to: "r.test")
        #expect(store.restriction(of: blob.digest) == nil)
        #expect(store.restriction(of: other.digest) == "r.test")
        store.restrict([other.digest], to: "second.test")
        #expect(store.restriction(of: other.digest) == "r.test")
        store.unrestrict(other.digest)
        #expect(store.restriction(of: other.digest) == nil)
    }

    @Test func marksSurviveARestartAndGoWithTheirBlobs() throws {
        do {
            let store = try BlobStore(directory: directory.path)
            store.restrict([blob.digest, other.digest], to: "r.test")
            try store.publish(blob.digest, blob.bytes)
            try store.flush()
        }
        do {
            let store = try BlobStore(directory: directory.path)
            #expect(store.restriction(of: blob.digest) == "r.test")
            #expect(store.restriction(of: other.digest) == nil, "it never came")
            try store.remove(blob.digest)
            #expect(store.restriction(of: blob.digest) == nil)
            try store.flush()
        }
        let store = try BlobStore(directory: directory.path)
        try store.publish(blob.digest, blob.bytes)
        #expect(store.restriction(of: blob.digest) == nil)
    }
}

import BlobStore
import Glibc
import LMDB
import StorageTestSupport
import Swarm
import Testing

@Suite struct OpeningTests {
    @Test func makesTheWholeTreeAndKeepsItsNodeID() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/deep/data"
        let first = try BlobStore(directory: path).nodeID
        #expect(try BlobStore(directory: path).nodeID == first)
        #expect(try directory.text(of: "deep/data/oci/oci-layout") == #"{"imageLayoutVersion":"1.0.0"}"#)
        #expect(try directory.text(of: "deep/data/oci/index.json").contains(#""manifests":[]"#))
        let other = try TemporaryDirectory()
        #expect(try BlobStore(directory: other.path).nodeID != first)
    }

    @Test func aSecondUserIsToldSo() throws {
        let directory = try TemporaryDirectory()
        let store = try BlobStore(directory: directory.path)
        #expect(throws: BlobStoreError.locked(path: directory.path)) { try BlobStore(directory: directory.path) }
        _ = store.nodeID
    }

    @Test func aSecondProcessIsToldSo() throws {
        let directory = try TemporaryDirectory()
        let child = try ChildProcess("CrashingWriter", arguments: ["hold", directory.path])
        #expect(child.readLine() == "held")
        #expect(throws: BlobStoreError.locked(path: directory.path)) { try BlobStore(directory: directory.path) }
        child.kill()
        _ = try BlobStore(directory: directory.path)
    }

    @Test func aPathThatIsNoDirectoryIsRefused() throws {
        let directory = try TemporaryDirectory()
        try directory.write("x", to: "file")
        #expect(throws: BlobStoreError.notADirectory(path: directory.path + "/file")) { try BlobStore(directory: directory.path + "/file") }
    }

    /// Root may do anything.
    @Test(.enabled(if: geteuid() != 0)) func aForbiddenDirectoryIsSaidToBeOne() throws {
        let directory = try TemporaryDirectory()
        #expect(chmod(directory.path, 0o500) == 0)
        #expect(throws: BlobStoreError.permissionDenied(path: directory.path + "/lock")) { try BlobStore(directory: directory.path) }
        #expect(chmod(directory.path, 0o700) == 0)
    }

    @Test func aNewerSchemaIsRefused() throws {
        let directory = try TemporaryDirectory()
        _ = try BlobStore(directory: directory.path).nodeID
        do {
            let environment = try Environment(path: directory.path + "/index")
            let properties: Table<String, [UInt8]> = try environment.table("properties")
            try environment.write { transaction throws(LMDBError) in try transaction.put([0, 0, 0, 9], at: "schema", in: properties) }
        }
        #expect(throws: BlobStoreError.newerSchema(path: directory.path + "/index", found: 9, supported: 1)) {
            try BlobStore(directory: directory.path)
        }
    }

    @Test func strayAndHalfMadeFilesAreCleared() throws {
        let directory = try TemporaryDirectory()
        let (whole, stray) = (try SampleBlob(size: 200_000), try SampleBlob(size: 100_000, seed: 2))
        do {
            let store = try BlobStore(directory: directory.path)
            try store.publish(whole.digest, whole.bytes)
        }
        let blobs = "oci/blobs/sha256/"
        try directory.write("half", to: "partial/new-1")
        try directory.write("half", to: "partial/sha256-" + stray.digest.hex)
        try directory.write("half", to: blobs + stray.digest.hex)
        do {
            let store = try BlobStore(directory: directory.path)
            #expect(store.recovery.removedFiles == 3)
            #expect(store.heldBlobs.map(\.digest) == [whole.digest])
            #expect(store.partialBlobs == [])
        }
        try directory.write(stray.bytes, to: blobs + stray.digest.hex)
        #expect(unlink(directory.path + "/" + blobs + whole.digest.hex) == 0)
        do {
            let store = try BlobStore(directory: directory.path)
            #expect((store.recovery.adopted, store.recovery.lost, store.recovery.removedFiles) == (1, 1, 0))
            #expect(store.heldBlobs.map(\.digest) == [stray.digest])
            #expect(try store.states(of: stray.digest) == stray.states)
        }
        #expect(try BlobStore(directory: directory.path).recovery.isClean)
    }

    @Test func aLostIndexIsMadeAnewFromTheFiles() throws {
        let directory = try TemporaryDirectory()
        let samples = try (1...3).map { try SampleBlob(size: $0 * 70_000, seed: UInt64($0)) }
        do {
            let store = try BlobStore(directory: directory.path)
            for sample in samples { try store.publish(sample.digest, sample.bytes) }
        }
        for name in ["data.mdb", "lock.mdb"] { #expect(unlink(directory.path + "/index/" + name) == 0) }
        let store = try BlobStore(directory: directory.path)
        #expect(store.recovery.adopted == 3)
        for sample in samples { #expect(try store.states(of: sample.digest) == sample.states) }
    }
}

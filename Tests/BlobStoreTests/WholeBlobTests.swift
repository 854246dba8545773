import BlobStore
import Glibc
import StorageTestSupport
import Swarm
import Testing

@Suite struct WholeBlobTests {
    private let directory: TemporaryDirectory
    private let store: BlobStore

    init() throws {
        directory = try TemporaryDirectory()
        store = try BlobStore(directory: directory.path)
    }

    @Test(arguments: DigestAlgorithm.allCases, [0, 1, 65_535, 65_536, 65_537, 300_000])
    func publishedBlobsReadBack(algorithm: DigestAlgorithm, size: Int) throws {
        let sample = try SampleBlob(size: size, algorithm: algorithm)
        try store.publish(sample.digest, sample.bytes)
        try store.publish(sample.digest, sample.bytes)
        #expect(store.size(of: sample.digest) == UInt64(size))
        #expect(try store.bytes(of: sample.digest) == sample.bytes)
        #expect(try store.states(of: sample.digest) == sample.states)
        #expect(try directory.bytes(of: "oci/blobs/\(algorithm.name)/\(sample.digest.hex)") == sample.bytes)
        #expect((store.heldCount, store.heldBytes) == (1, UInt64(size)))
        try store.verify(sample.digest)
    }

    @Test func bytesOfAnotherBlobAreRefused() throws {
        let (sample, other) = (try SampleBlob(size: 1000), try SampleBlob(size: 1000, seed: 2))
        #expect(throws: BlobStoreError.wrongDigest(expected: sample.digest, actual: other.digest)) {
            try store.publish(sample.digest, other.bytes)
        }
        #expect(store.size(of: sample.digest) == nil)
        #expect(throws: BlobStoreError.notHeld(sample.digest)) { try store.openForReading(sample.digest) }
        #expect(throws: BlobStoreError.notHeld(sample.digest)) { try store.states(of: sample.digest) }
    }

    @Test func readsAnyRange() throws {
        let sample = try SampleBlob(size: 100_000)
        try store.publish(sample.digest, sample.bytes)
        let blob = try store.openForReading(sample.digest)
        #expect(blob.size == 100_000)
        #expect(try blob.read(at: 99_990, count: 100) == Array(sample.bytes[99_990...]))
        #expect(try blob.read(at: 70_000, count: 10) == Array(sample.bytes[70_000..<70_010]))
        #expect(try blob.read(at: 100_000, count: 10) == [])
        #expect(try blob.read(at: .max, count: 10) == [])
        #expect(fcntl(blob.descriptor, F_GETFD) & FD_CLOEXEC != 0)
    }

    @Test func anOpenBlobOutlivesItsRemoval() throws {
        let sample = try SampleBlob(size: 70_000)
        try store.publish(sample.digest, sample.bytes)
        let blob = try store.openForReading(sample.digest)
        #expect(try store.remove(sample.digest))
        #expect(try !store.remove(sample.digest))
        #expect(store.size(of: sample.digest) == nil)
        #expect((store.heldCount, store.heldBytes) == (0, 0))
        #expect(try blob.read(at: 0, count: 70_000) == sample.bytes)
        try store.publish(sample.digest, sample.bytes)
        #expect(try store.bytes(of: sample.digest) == sample.bytes)
    }

    @Test func listsInOrder() throws {
        let samples = try (1...20).map { try SampleBlob(size: $0 * 10, seed: UInt64($0)) }
        for sample in samples { try store.publish(sample.digest, sample.bytes) }
        #expect(store.heldBlobs.map(\.digest) == samples.map(\.digest).sorted())
        #expect(store.heldBytes == UInt64(samples.reduce(0) { $0 + $1.bytes.count }))
    }

    @Test func aDamagedFileIsFound() throws {
        let sample = try SampleBlob(size: 100_000)
        try store.publish(sample.digest, sample.bytes)
        let path = directory.path + "/oci/blobs/sha256/" + sample.digest.hex
        let descriptor = open(path, O_WRONLY)
        defer { close(descriptor) }
        #expect(pwrite(descriptor, [sample.bytes[500] ^ 1], 1, 500) == 1)
        #expect { try store.verify(sample.digest) } throws: { error in
            if case .wrongDigest(expected: sample.digest, _)? = error as? BlobStoreError { true } else { false }
        }
        #expect(ftruncate(descriptor, 10) == 0)
        #expect(throws: BlobStoreError.damaged(path: path)) { try store.openForReading(sample.digest) }
        #expect(store.size(of: sample.digest) == nil)
        try store.publish(sample.digest, sample.bytes)
        try store.verify(sample.digest)
        #expect(unlink(path) == 0)
        #expect(throws: BlobStoreError.damaged(path: path)) { try store.openForReading(sample.digest) }
        #expect(store.size(of: sample.digest) == nil)
    }

    @Test func severalThreadsPublishAndRemoveTheSameBlobs() async throws {
        let samples = try (1...6).map { try SampleBlob(size: $0 * 1000, seed: UInt64($0)) }
        let store = store
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    for turn in 0..<30 {
                        let sample = samples[(turn + worker) % samples.count]
                        if (turn + worker) % 5 == 0 {
                            try store.remove(sample.digest)
                        } else {
                            try store.publish(sample.digest, sample.bytes)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        for held in store.heldBlobs { try store.verify(held.digest) }
        #expect(store.heldBytes == store.heldBlobs.reduce(0) { $0 + $1.size })
    }
}

import BlobStore
import StorageTestSupport
import Swarm
import Testing

/// A place in the store for a blob that is about to be downloaded.
@Suite struct AdmissionTests {
    private let directory: TemporaryDirectory
    private let samples: [SampleBlob]
    private let large: SampleBlob

    init() throws {
        directory = try TemporaryDirectory()
        samples = try (1...4).map { try SampleBlob(size: 1000, seed: UInt64($0)) }
        large = try SampleBlob(size: 3500, seed: 9)
    }

    private func opened(quota: UInt64? = 5000, floor: UInt64 = 0) throws -> BlobStore {
        var configuration = BlobStore.Configuration()
        configuration.quotaBytes = quota
        configuration.freeSpaceFloorBytes = floor
        return try BlobStore(directory: directory.path, configuration: configuration)
    }

    @Test func makesRoomForAllOfTheBlob() throws {
        let store = try opened()
        for sample in samples { try store.publish(sample.digest, sample.bytes) }
        let admission = store.admit(large.digest, size: 3500)
        #expect(admission.evicted.map(\.digest) == samples[..<3].map(\.digest))
        let partial = try admission.partial.get()
        try large.write(0..<large.layout.pieceCount, to: partial)
        try store.complete(large.digest)
        #expect(store.heldBytes == 4500)
    }

    @Test func aBlobUnderWayTakesItsPlaceOnce() throws {
        let store = try opened()
        let partial = try store.admit(large.digest, size: 3500).partial.get()
        let again = store.admit(large.digest, size: 3500)
        #expect(again.evicted == [])
        #expect(try again.partial.get() === partial)
        #expect(throws: BlobStoreError.overQuota(samples[0].digest, size: 2000, quota: 5000)) {
            try store.admit(samples[0].digest, size: 2000).partial.get()
        }
        #expect(store.admit(samples[1].digest, size: 1500).evicted == [])
    }

    /// Evicting everything would not help, so nothing is evicted.
    @Test func nothingGoesForABlobThatCannotFit() throws {
        let store = try opened()
        for sample in samples { try store.publish(sample.digest, sample.bytes) }
        let refusal = store.admit(large.digest, size: 5001)
        #expect(refusal.evicted == [])
        #expect(throws: BlobStoreError.overQuota(large.digest, size: 5001, quota: 5000)) { try refusal.partial.get() }
        #expect(store.heldCount == 4)
        #expect(store.partialBlobs == [])
    }

    /// Somebody's claim moves nothing: neither whole blobs nor others' room.
    @Test func anUncertainSizeTakesNoRoomUntilItIsCertain() throws {
        let store = try opened()
        for sample in samples { try store.publish(sample.digest, sample.bytes) }
        let claimed = store.admit(samples[0].digest, size: 1 << 40, isCertain: false)
        #expect(claimed.evicted == [])
        let uncertain = store.admit(large.digest, size: 3500, isCertain: false)
        #expect(uncertain.evicted == [] && store.partialBytes == 0)
        #expect(store.admit(try SampleBlob(size: 900, seed: 20).digest, size: 900).evicted == [])
        let certain = store.admit(large.digest, size: 3500)
        #expect(try certain.partial.get() === uncertain.partial.get())
        #expect(certain.evicted.count == 4)
        #expect(store.partialBytes == 4400)
        try store.suspend(large.digest)
        #expect(store.partialBytes == 4400)
    }

    @Test func anUncertainBlobMayTurnOutNotToFit() throws {
        let store = try opened()
        let partial = try store.admit(large.digest, size: 6000, isCertain: false).partial.get()
        #expect(throws: BlobStoreError.overQuota(large.digest, size: 6000, quota: 5000)) {
            try store.admit(large.digest, size: 6000).partial.get()
        }
        #expect(store.partialBytes == 0)
        #expect(partial.pieces.isEmpty)
        try store.discard(large.digest)
        #expect(store.partialBytes == 0)
    }

    @Test func isRefusedWhileEverythingIsRead() throws {
        let store = try opened()
        for sample in samples { try store.publish(sample.digest, sample.bytes) }
        let readers = try samples.map { try store.openForReading($0.digest) }
        let refusal = store.admit(large.digest, size: 3500)
        #expect(refusal.evicted == [])
        #expect(throws: BlobStoreError.overQuota(large.digest, size: 3500, quota: 5000)) { try refusal.partial.get() }
        for reader in readers { _ = try reader.read(at: 0, count: 1) }
    }

    @Test func isRefusedWhereTooLittleStaysFree() throws {
        let store = try opened(quota: nil, floor: .max / 2)
        try store.publish(samples[0].digest, samples[0].bytes)
        let refusal = store.admit(large.digest, size: 3500)
        #expect(refusal.evicted == [])
        #expect { try refusal.partial.get() } throws: { error in
            guard let refusal = error as? BlobStoreError, case .belowFreeSpaceFloor(large.digest, 3500, _, _, .max / 2) = refusal else {
                return false
            }
            return refusal.isRefusal
        }
    }

    /// Nobody wants it any more: it is what goes first, and what is there of it counts when somebody does.
    @Test func aSuspendedBlobMakesRoomOrGoesOn() throws {
        let store = try opened()
        let partial = try store.admit(large.digest, size: 3500).partial.get()
        try large.write([0], to: partial)
        try store.flush()
        try store.suspend(large.digest)
        #expect(throws: BlobStoreError.discarded(large.digest)) { try partial.write(large.piece(0), large.link(0)) }
        let resumed = try store.admit(large.digest, size: 3500).partial.get()
        #expect(Array(resumed.pieces) == [0])
        try store.suspend(large.digest)
        try store.publish(samples[0].digest, samples[0].bytes)
        #expect(store.admit(samples[1].digest, size: 4000).evicted == [])
        #expect(store.partialBlobs.map(\.digest) == [samples[1].digest])
        #expect(store.heldCount == 1)
    }
}

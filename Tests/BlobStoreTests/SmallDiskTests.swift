import BlobStore
import Glibc
import StorageTestSupport
import Swarm
import Testing

/// On a small file system of its own; only root can mount one.
@Suite(.enabled(if: geteuid() == 0)) struct SmallDiskTests {
    @Test func aFullDiskRecordsNothingHalfAndHealsWithSpace() throws {
        let disk = try SmallDisk(mebibytes: 8)
        let (kept, large, late) = (
            try SampleBlob(size: 1_000_000), try SampleBlob(size: 12_000_000, seed: 2), try SampleBlob(size: 3_000_000, seed: 3)
        )
        var written: [Int] = []
        do {
            let store = try BlobStore(directory: disk.path)
            try store.publish(kept.digest, kept.bytes)
            let partial = try store.beginPartial(large.digest, size: UInt64(large.bytes.count))
            let full = BlobStoreError.diskFull(path: disk.path + "/partial/sha256-" + large.digest.hex)
            #expect(throws: full) {
                for piece in 0..<large.layout.pieceCount {
                    try partial.write(large.piece(piece), large.link(piece))
                    written.append(piece)
                }
            }
            #expect(written.count > 50)
            #expect(Array(partial.pieces) == written)
            #expect { try store.publish(late.digest, late.bytes) } throws: { error in
                if case .diskFull? = error as? BlobStoreError { true } else { false }
            }
            #expect(store.size(of: late.digest) == nil)
            #expect(try store.bytes(of: kept.digest) == kept.bytes)
            try store.remove(kept.digest)
            try large.write([written.count], to: partial)
            written.append(written.count)
            try store.flush()
        }
        let store = try BlobStore(directory: disk.path)
        #expect(store.recovery.removedFiles == 0)
        // Records that the index had no room for were tried again when there was.
        #expect(try Array(store.beginPartial(large.digest, size: UInt64(large.bytes.count)).pieces) == written)
        // Nobody has it open any more, so its space is free at once.
        try store.discard(large.digest)
        try store.publish(late.digest, late.bytes)
        try store.verify(late.digest)
    }

    /// Whether or not the index finds room for one more record, the blob is either whole or as partial as before.
    @Test func completingOnAFullDiskCanBeDoneAgain() throws {
        let disk = try SmallDisk(mebibytes: 4)
        let sample = try SampleBlob(size: 1_500_000)
        let store = try BlobStore(directory: disk.path)
        let partial = try store.beginPartial(sample.digest, size: UInt64(sample.bytes.count))
        try sample.write(0..<sample.layout.pieceCount, to: partial, isTrusted: false)
        try store.flush()
        try disk.fill()
        do {
            try store.complete(sample.digest)
        } catch {
            #expect(error == .diskFull(path: disk.path + "/index"))
            #expect(store.size(of: sample.digest) == nil)
            #expect(partial.pieces.isComplete)
            try disk.unfill()
            try store.complete(sample.digest)
        }
        try store.verify(sample.digest)
    }

    @Test func aReadOnlyFileSystemIsSaidToBeOne() throws {
        let disk = try SmallDisk(mebibytes: 4)
        try disk.makeReadOnly()
        #expect(throws: BlobStoreError.readOnlyFileSystem(path: disk.path + "/lock")) { try BlobStore(directory: disk.path) }
        #expect(throws: BlobStoreError.readOnlyFileSystem(path: disk.path + "/new")) { try BlobStore(directory: disk.path + "/new") }
    }
}

/// A file system in memory that is mounted as long as this object lives.
private final class SmallDisk {
    let path: String
    private let directory: TemporaryDirectory

    init(mebibytes: Int) throws {
        directory = try TemporaryDirectory()
        path = directory.path + "/disk"
        #expect(mkdir(path, 0o755) == 0)
        let mount = try ChildProcess("/bin/mount", arguments: ["-t", "tmpfs", "-o", "size=\(mebibytes)m", "shoal-test", path])
        try #require(mount.waitForExit() == 0)
    }

    deinit { _ = try? ChildProcess("/bin/umount", arguments: ["-l", path]).waitForExit() }

    func fill() throws {
        let descriptor = open(path + "/filler", O_WRONLY | O_CREAT, 0o600)
        defer { close(descriptor) }
        for size in [65_536, 4096] {
            let block = [UInt8](repeating: 1, count: size)
            while write(descriptor, block, size) == size {}
        }
        #expect(errno == ENOSPC)
    }

    func makeReadOnly() throws {
        try #require(ChildProcess("/bin/mount", arguments: ["-o", "remount,ro", path]).waitForExit() == 0)
    }

    func unfill() throws { #expect(unlink(path + "/filler") == 0) }
}

import BlobStore
import Registry
import Swarm

/// The store's whole blobs, for sending from their files.
struct HeldFiles {
    let store: BlobStore

    /// - Returns: nil for what is not held, and for what cannot be opened: why not, and what becomes of it, is said to those who wait.
    func open(_ digest: Digest) -> (any HeldContent)? {
        (try? store.openForReading(digest)).map { HeldFile(blob: $0) }
    }
}

private struct HeldFile: HeldContent {
    let blob: ReadableBlob

    var size: UInt64 { blob.size }
    var descriptor: Int32 { blob.descriptor }

    func presentSize() throws -> UInt64 { try blob.presentSize() }

    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws { _ = try blob.read(at: offset, into: buffer) }
}

import BlobStore
import Registry

/// A blob of the store, for sending from its file.
struct StoredFile: BlobFile {
    private let blob: ReadableBlob

    init(_ blob: ReadableBlob) {
        self.blob = blob
    }

    var size: UInt64 { blob.size }
    var descriptor: Int32 { blob.descriptor }

    func presentSize() throws -> UInt64 { try blob.presentSize() }

    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws {
        _ = try blob.read(at: offset, into: buffer)
    }
}

public import Swarm

/// An open blob. It stays readable when the blob is removed or becomes whole meanwhile, and closes with its last reference.
public final class ReadableBlob: Sendable {
    public let digest: Digest
    /// Bytes of the whole blob, also when it is partial.
    public let size: UInt64
    let file: OpenFile
    private let atEnd: (@Sendable () -> Void)?

    init(_ digest: Digest, size: UInt64, file: OpenFile, atEnd: (@Sendable () -> Void)? = nil) {
        self.digest = digest
        self.size = size
        self.file = file
        self.atEnd = atEnd
    }

    deinit { atEnd?() }

    /// For sendfile(2) and the like, valid as long as this object. Use positions of your own: the descriptor's is shared.
    public var descriptor: Int32 { file.descriptor }

    /// Bytes that the file has now; of a whole blob, fewer than `size` when somebody has cut it off.
    public func presentSize() throws(BlobStoreError) -> UInt64 { try file.size() }

    /// Fills the buffer with the bytes from `offset` on, up to the blob's end. Of a partial blob, what lies outside the pieces it has is undefined.
    /// - Returns: bytes read, fewer than asked for only at the blob's end.
    public func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(BlobStoreError) -> Int {
        guard offset < size else { return 0 }
        let wanted = min(UInt64(buffer.count), size - offset)
        let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(wanted)])
        guard try file.read(into: part, at: offset) == part.count else { throw .damaged(path: file.path) }
        return part.count
    }

    /// The same into a fresh array, shorter than `count` at the end of the blob.
    public func read(at offset: UInt64, count: Int) throws(BlobStoreError) -> [UInt8] {
        var failure: BlobStoreError?
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(min(UInt64(count), size - min(size, offset)))) { buffer, initialised in
            do throws(BlobStoreError) {
                initialised = try read(at: offset, into: UnsafeMutableRawBufferPointer(buffer))
            } catch { failure = error }
        }
        if let failure { throw failure }
        return bytes
    }
}

import NIOCore

/// An open file of a blob, whole or with the pieces that have come so far; let go with the last reference. It is not evicted until then.
public protocol BlobFile: Sendable {
    /// Bytes of the whole blob.
    var size: UInt64 { get }

    /// For sendfile(2), valid as long as this value. Its position is never used.
    var descriptor: Int32 { get }

    /// Bytes that the file has now: fewer than it must have when somebody has cut it off. Quick enough for an event loop.
    func presentSize() throws -> UInt64

    /// Fills the buffer, which must not reach beyond the end, with the bytes from `offset` on.
    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws
}

extension BlobFile {
    /// Copies a range, which must not reach beyond the end.
    func bytes(_ range: Range<UInt64>) throws -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: range.count)
        try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: range.count) { space in
            try read(at: range.lowerBound, into: UnsafeMutableRawBufferPointer(rebasing: space[..<range.count]))
            return range.count
        }
        return buffer
    }
}

/// A blob that this node holds whole, open for one answer; let go with the last reference. It is not evicted until then.
public protocol HeldContent: Sendable {
    /// Bytes of the whole blob.
    var size: UInt64 { get }

    /// For sendfile(2), valid as long as this value. Its position is never used.
    var descriptor: Int32 { get }

    /// Bytes that the file has now: fewer than `size` when somebody has cut it off. Quick enough for an event loop.
    func presentSize() throws -> UInt64

    /// Fills the buffer, which must not reach beyond the end, with the bytes from `offset` on.
    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws
}

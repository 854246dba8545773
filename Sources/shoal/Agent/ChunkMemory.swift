import NIOCore

/// Memory for what one client is sent: two chunks in turn, since one is read while the other is written. Fresh pages for each would cost as
/// much as filling them.
final class ChunkMemory: @unchecked Sendable {  // one reader, who reads one chunk after the other
    private var chunks = [ByteBuffer(), ByteBuffer()]
    private var turn = 0

    /// A chunk of `count` bytes that `body` writes; in the memory of the last but one if nobody refers to that any more.
    func filled(_ count: Int, _ body: (UnsafeMutableRawBufferPointer) throws -> Void) rethrows -> ByteBuffer {
        turn = 1 - turn
        chunks[turn].clear(minimumCapacity: count)
        try chunks[turn].writeWithUnsafeMutableBytes(minimumWritableBytes: count) { space in
            try body(space)
            return count
        }
        return chunks[turn]
    }
}

/// The memory that a loop's connections share: only one of them reads or writes at a time.
final class LoopBuffers {
    static let blockBytes = 256 * 1024
    private static let keptBlocks = 8

    /// Where every read lands; valid for the length of one `onRead`.
    let read = UnsafeMutableRawBufferPointer.allocate(byteCount: blockBytes, alignment: 64)
    /// Where small writes are put together.
    let gather = UnsafeMutableRawBufferPointer.allocate(byteCount: blockBytes, alignment: 64)
    private var free: [UnsafeMutableRawBufferPointer] = []

    /// A block for bytes that libuv has to keep until the socket takes them.
    func takeBlock() -> UnsafeMutableRawBufferPointer {
        free.popLast() ?? .allocate(byteCount: Self.blockBytes, alignment: 64)
    }

    func giveBack(_ block: UnsafeMutableRawBufferPointer) {
        if free.count < Self.keptBlocks { free.append(block) } else { block.deallocate() }
    }

    func deallocate() {
        read.deallocate()
        gather.deallocate()
        for block in free { block.deallocate() }
    }
}

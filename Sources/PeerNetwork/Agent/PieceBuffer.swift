/// Memory for one piece while it is gathered and hashed. Exactly one owner at a time writes or reads it: the loop that gathers, then
/// the pool thread that hashes.
final class PieceBuffer: @unchecked Sendable {  // one owner at a time: filled, then handed over to be hashed and written
    private let bytes: UnsafeMutableRawBufferPointer
    private let memory: PieceMemory

    /// Bytes of the piece; the memory behind it is whole pages.
    let count: Int
    /// Bytes gathered so far.
    private(set) var filled = 0

    init(count: Int, from memory: PieceMemory) {
        self.memory = memory
        self.count = count
        bytes = memory.take(count)
    }

    deinit { memory.give(bytes) }

    /// The first `count` bytes. Only here, because nothing else keeps the memory from being given to the next piece meanwhile: Swift
    /// may end an object after its last use, pointers that it gave out or not.
    func withBytes<Result>(_ count: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(self) { try body(UnsafeRawBufferPointer(rebasing: bytes[0..<count])) }
    }

    /// Memory for `count` bytes of the piece from `offset` on, valid as long as this object.
    func space(at offset: Int, count: Int) -> UnsafeMutableRawBufferPointer {
        precondition(offset >= 0 && count >= 0 && count <= self.count - offset, "bytes outside of their piece")
        return UnsafeMutableRawBufferPointer(rebasing: bytes[offset..<offset + count])
    }

    /// Takes in bytes from elsewhere, or those that were read into `space` already.
    func take(_ source: UnsafeRawBufferPointer, at offset: Int) {
        guard let from = source.baseAddress else { return }
        filled += source.count
        let target = space(at: offset, count: source.count)
        if from != UnsafeRawPointer(target.baseAddress) { target.copyMemory(from: source) }
    }
}

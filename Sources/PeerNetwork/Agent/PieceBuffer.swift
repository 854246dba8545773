/// Memory for one piece while it is gathered and hashed. Exactly one owner at a time writes or reads it: the loop that gathers, then
/// the pool thread that hashes.
final class PieceBuffer: @unchecked Sendable {  // handed over, never shared: see above
    let bytes: UnsafeMutableRawBufferPointer

    init(count: Int) {
        bytes = .allocate(byteCount: max(1, count), alignment: 64)
    }

    deinit { bytes.deallocate() }

    func copy(_ source: UnsafeRawBufferPointer, at offset: Int) {
        guard !source.isEmpty else { return }
        UnsafeMutableRawBufferPointer(rebasing: bytes[offset..<offset + source.count]).copyMemory(from: source)
    }
}

import LMDB

/// What the index keeps of a whole blob.
struct WholeRecord: TableValue {
    /// Bytes.
    var size: UInt64
    /// When it was last opened or became whole, seconds since 1970, to the minute or so.
    var usedAtSeconds: UInt64

    init(size: UInt64, usedAtSeconds: UInt64) {
        self.size = size
        self.usedAtSeconds = usedAtSeconds
    }

    func encode(into bytes: inout [UInt8]) {
        size.encode(into: &bytes)
        usedAtSeconds.encode(into: &bytes)
    }

    init(decoding bytes: UnsafeRawBufferPointer) throws(MalformedRecord) {
        guard bytes.count == 16 else { throw MalformedRecord(expected: "a size and a time") }
        size = try UInt64(decoding: UnsafeRawBufferPointer(rebasing: bytes[..<8]))
        usedAtSeconds = try UInt64(decoding: UnsafeRawBufferPointer(rebasing: bytes[8...]))
    }
}

import LMDB

/// What the index keeps of a whole blob.
struct WholeRecord: TableValue {
    /// Bytes.
    var size: UInt64
    /// When it was last opened or became whole, seconds since 1970, to the minute or so.
    var usedAtSeconds: UInt64
    /// Uses are numbered, over all runs; the blob with the lowest number was not used for the longest time.
    var use: UInt64

    init(size: UInt64, usedAtSeconds: UInt64, use: UInt64) {
        self.size = size
        self.usedAtSeconds = usedAtSeconds
        self.use = use
    }

    func encode(into bytes: inout [UInt8]) {
        size.encode(into: &bytes)
        usedAtSeconds.encode(into: &bytes)
        use.encode(into: &bytes)
    }

    init(decoding bytes: UnsafeRawBufferPointer) throws(MalformedRecord) {
        // Records without a number of the use were written before uses were numbered: they are the oldest.
        guard bytes.count == 24 || bytes.count == 16 else { throw MalformedRecord(expected: "a size, a time and a use") }
        size = try UInt64(decoding: UnsafeRawBufferPointer(rebasing: bytes[..<8]))
        usedAtSeconds = try UInt64(decoding: UnsafeRawBufferPointer(rebasing: bytes[8..<16]))
        use = bytes.count == 24 ? try UInt64(decoding: UnsafeRawBufferPointer(rebasing: bytes[16...])) : 0
    }
}

/// Up to 64 bytes of hash output or hash state, stored inline so that digests and chain states never touch the heap.
struct HashBytes: Hashable, Sendable {
    private(set) var words: InlineArray<8, UInt64> = .init(repeating: 0)

    init() {}

    /// Takes up to 64 bytes, most significant first; what is missing is zero.
    init(_ bytes: some Sequence<UInt8>) {
        // Callers in other modules come here unspecialised: byte by byte that would be a call each.
        guard bytes.withContiguousStorageIfAvailable({ fill(from: UnsafeRawBufferPointer($0)) }) == nil else { return }
        var index = 0
        for byte in bytes {
            precondition(index < 64, "a hash has at most 64 bytes")
            words[index >> 3] |= UInt64(byte) << UInt64(56 - (index & 7) * 8)
            index += 1
        }
    }

    private mutating func fill(from bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count <= 64, "a hash has at most 64 bytes")
        withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: bytes) }
        for index in 0..<8 { words[index] = UInt64(bigEndian: words[index]) }
    }

    subscript(index: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: words[index >> 3] >> UInt64(56 - (index & 7) * 8))
    }

    func prefix(_ count: Int) -> [UInt8] {
        var ordered = words
        for index in 0..<8 { ordered[index] = words[index].bigEndian }
        return withUnsafeBytes(of: &ordered) { Array($0.prefix(count)) }
    }

    /// - Parameter bytes: a multiple of eight of them.
    func begins(with bytes: UnsafeRawBufferPointer) -> Bool {
        for index in 0..<bytes.count / 8 {
            let word = bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)
            if UInt64(bigEndian: word) != words[index] { return false }
        }
        return true
    }

    static func == (left: HashBytes, right: HashBytes) -> Bool {
        for index in 0..<8 where left.words[index] != right.words[index] { return false }
        return true
    }

    func hash(into hasher: inout Hasher) {
        for index in 0..<4 { hasher.combine(words[index]) }
        // Most hashes have 32 bytes.
        if words[4] | words[5] | words[6] | words[7] != 0 {
            for index in 4..<8 { hasher.combine(words[index]) }
        }
    }

    /// Byte-wise lexicographic order, for a total order of digests.
    func precedes(_ other: HashBytes) -> Bool {
        for index in 0..<8 where words[index] != other.words[index] { return words[index] < other.words[index] }
        return false
    }
}

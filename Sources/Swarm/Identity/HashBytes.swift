/// Up to 64 bytes of hash output or hash state, stored inline so that digests and chain states never touch the heap.
struct HashBytes: Hashable, Sendable {
    private(set) var words: InlineArray<8, UInt64> = .init(repeating: 0)

    init() {}

    /// Takes up to 64 bytes, most significant first; what is missing is zero.
    init(_ bytes: some Sequence<UInt8>) {
        var index = 0
        for byte in bytes {
            precondition(index < 64, "a hash has at most 64 bytes")
            words[index >> 3] |= UInt64(byte) << UInt64(56 - (index & 7) * 8)
            index += 1
        }
    }

    subscript(index: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: words[index >> 3] >> UInt64(56 - (index & 7) * 8))
    }

    func prefix(_ count: Int) -> [UInt8] {
        (0..<count).map { self[$0] }
    }

    static func == (left: HashBytes, right: HashBytes) -> Bool {
        for index in 0..<8 where left.words[index] != right.words[index] { return false }
        return true
    }

    func hash(into hasher: inout Hasher) {
        for index in 0..<8 { hasher.combine(words[index]) }
    }

    /// Byte-wise lexicographic order, for a total order of digests.
    func precedes(_ other: HashBytes) -> Bool {
        for index in 0..<8 where words[index] != other.words[index] { return words[index] < other.words[index] }
        return false
    }
}

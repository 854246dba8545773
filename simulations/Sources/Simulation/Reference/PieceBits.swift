/// Which pieces a peer of a reference swarm has, as bits.
struct PieceBits {
    private var words: [UInt64]
    private(set) var count = 0

    init(count: Int, isFull: Bool) {
        words = Array(repeating: 0, count: (count + 63) / 64)
        if isFull { for piece in 0..<count { insert(piece) } }
    }

    func contains(_ piece: Int) -> Bool { words[piece / 64] >> UInt64(piece % 64) & 1 == 1 }

    mutating func insert(_ piece: Int) {
        guard !contains(piece) else { return }
        words[piece / 64] |= 1 << UInt64(piece % 64)
        count += 1
    }

    /// Of those that are not in `other`, the one of this rank; nil if there are not so many.
    func piece(_ rank: Int, without other: PieceBits) -> Int? {
        var rank = rank
        for index in words.indices {
            var word = words[index] & ~other.words[index]
            if rank < word.nonzeroBitCount {
                for _ in 0..<rank { word &= word - 1 }
                return 64 * index + word.trailingZeroBitCount
            }
            rank -= word.nonzeroBitCount
        }
        return nil
    }
}

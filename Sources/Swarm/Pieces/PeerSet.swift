/// A set of peers by their indices, one bit each.
struct PeerSet: Sendable {
    typealias Word = UInt32

    private var words: [Word] = []

    mutating func removeAll() { words.removeAll(keepingCapacity: true) }

    /// Adds those whose bits are set, of the next as many as a word has bits.
    @inline(__always)
    mutating func append(_ word: Word) { words.append(word) }

    /// The first peer of the set from one on; nil when there is none.
    @inline(__always)
    func first(from peer: Int) -> Int? {
        var index = peer / Word.bitWidth
        guard index < words.count else { return nil }
        let rest = words[index] &>> Word(truncatingIfNeeded: peer)
        if rest != 0 { return peer + rest.trailingZeroBitCount }
        index += 1
        while index < words.count {
            if words[index] != 0 { return index * Word.bitWidth + words[index].trailingZeroBitCount }
            index += 1
        }
        return nil
    }
}

/// A set of peers by their indices, one bit each.
struct PeerSet: Sendable {
    typealias Word = UInt32

    private var words: [Word] = []

    mutating func removeAll() { words.removeAll(keepingCapacity: true) }

    /// Adds those whose bits are set, of the next as many as a word has bits.
    @inline(__always)
    mutating func append(_ word: Word) { words.append(word) }

    @inline(__always)
    func contains(_ peer: Int) -> Bool { words[peer / Word.bitWidth] & 1 &<< Word(truncatingIfNeeded: peer) != 0 }
}

/// A set of piece numbers of one blob, one bit each.
public struct PieceSet: Hashable, Sendable {
    /// Pieces of the blob; members lie in `0..<pieceCount`.
    public private(set) var pieceCount: Int
    private var words: [UInt64]
    /// Members, kept so that asking costs nothing.
    public private(set) var count = 0

    public init(pieceCount: Int) {
        self.pieceCount = pieceCount
        self.words = Array(repeating: 0, count: (pieceCount + 63) / 64)
    }

    /// A set that holds every piece.
    public init(completeWith pieceCount: Int) {
        self.init(pieceCount: pieceCount)
        for index in words.indices { words[index] = .max }
        if pieceCount % 64 != 0 { words[words.count - 1] = (1 << UInt64(pieceCount % 64)) - 1 }
        count = pieceCount
    }

    /// Becomes another set, in the memory that it has, if that is as large.
    mutating func become(_ set: PieceSet) {
        if pieceCount != set.pieceCount { self = PieceSet(pieceCount: set.pieceCount) }
        for index in words.indices { words[index] = set.words[index] }
        count = set.count
    }

    /// Becomes another set without what is in any of three others, all of the same blob; in the memory that it has, if that is as large.
    mutating func become(_ set: PieceSet, without first: PieceSet, _ second: PieceSet, _ third: PieceSet) {
        if pieceCount != set.pieceCount { self = PieceSet(pieceCount: set.pieceCount) }
        var members = 0
        for index in words.indices {
            let word = set.words[index] & ~(first.words[index] | second.words[index] | third.words[index])
            words[index] = word
            members += word.nonzeroBitCount
        }
        count = members
    }

    /// Decodes a bit field, piece 0 in the highest bit of the first byte (as BitTorrent's `bitfield`, BEP 3).
    /// - Returns: nil when the length is wrong or a bit beyond the last piece is set.
    public init?(bitfield: some Collection<UInt8>, pieceCount: Int) {
        guard bitfield.count == (pieceCount + 7) / 8 else { return nil }
        self.init(pieceCount: pieceCount)
        for (index, byte) in bitfield.enumerated() where byte != 0 {
            for bit in 0..<8 where byte & (0x80 >> UInt8(bit)) != 0 {
                guard index * 8 + bit < pieceCount else { return nil }
                insert(index * 8 + bit)
            }
        }
    }

    public var bitfield: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: (pieceCount + 7) / 8)
        for piece in self { bytes[piece >> 3] |= 0x80 >> UInt8(piece & 7) }
        return bytes
    }

    public var isComplete: Bool { count == pieceCount }
    public var isEmpty: Bool { count == 0 }

    /// Whether the piece is in the set; false for an index outside of the blob.
    public func contains(_ piece: Int) -> Bool {
        piece >= 0 && piece < pieceCount && words[piece >> 6] & (1 << UInt64(piece & 63)) != 0
    }

    /// - Returns: whether the piece was new. A number outside the blob changes nothing.
    @discardableResult
    public mutating func insert(_ piece: Int) -> Bool {
        guard piece >= 0, piece < pieceCount, !contains(piece) else { return false }
        words[piece >> 6] |= 1 << UInt64(piece & 63)
        count += 1
        return true
    }

    /// - Returns: whether the piece was in the set.
    @discardableResult
    public mutating func remove(_ piece: Int) -> Bool {
        guard contains(piece) else { return false }
        words[piece >> 6] &= ~(1 << UInt64(piece & 63))
        count -= 1
        return true
    }

    /// Takes out those of 64 pieces whose bits are set, the lowest for the first of them.
    mutating func remove(_ word: UInt64, at index: Int) {
        count -= (words[index] & word).nonzeroBitCount
        words[index] &= ~word
    }

    /// What is in either set; both must be of the same blob.
    func union(_ other: PieceSet) -> PieceSet {
        var both = self
        for index in words.indices { both.words[index] |= other.words[index] }
        both.count = both.words.reduce(0) { $0 + $1.nonzeroBitCount }
        return both
    }

    /// Takes a run of pieces out.
    public mutating func remove(_ pieces: Range<Int>) {
        let (start, end) = (Swift.max(0, pieces.lowerBound), Swift.min(pieces.upperBound, pieceCount))
        guard start < end else { return }
        for index in start >> 6...(end - 1) >> 6 where words[index] != 0 {
            var mask = UInt64.max
            if index == start >> 6 { mask &= .max << UInt64(start & 63) }
            if index == (end - 1) >> 6 { mask &= .max >> UInt64(63 - (end - 1) & 63) }
            count -= (words[index] & mask).nonzeroBitCount
            words[index] &= ~mask
        }
    }

    /// 64 pieces' bits, the lowest for the first of them.
    @inline(__always)
    func word(_ index: Int) -> UInt64 { words[index] }

    /// Visits the members in ascending order, until `body` returns false.
    @inline(__always)
    func forEachMember(_ body: (Int) -> Bool) {
        for index in words.indices {
            var word = words[index]
            while word != 0 {
                guard body(index &<< 6 | word.trailingZeroBitCount) else { return }
                word &= word &- 1
            }
        }
    }

    /// The first piece at or after `start` that is not in the set; `pieceCount` when there is none.
    public func firstMissing(from start: Int = 0) -> Int {
        var index = start
        while index < pieceCount {
            let word = ~words[index >> 6] >> UInt64(index & 63)
            if word != 0 { return Swift.min(pieceCount, index + word.trailingZeroBitCount) }
            index = (index | 63) + 1
        }
        return pieceCount
    }

    /// The first member at or after `start`; `pieceCount` when there is none.
    public func firstMember(from start: Int = 0) -> Int {
        var index = start
        while index < pieceCount {
            let word = words[index >> 6] >> UInt64(index & 63)
            if word != 0 { return Swift.min(pieceCount, index + word.trailingZeroBitCount) }
            index = (index | 63) + 1
        }
        return pieceCount
    }
}

extension PieceSet: Sequence {
    /// Members in ascending order.
    public struct Iterator: IteratorProtocol {
        let set: PieceSet
        var index = 0

        public mutating func next() -> Int? {
            index = set.firstMember(from: index)
            guard index < set.pieceCount else { return nil }
            defer { index += 1 }
            return index
        }
    }

    public func makeIterator() -> Iterator { Iterator(set: self) }

    public var underestimatedCount: Int { count }
}

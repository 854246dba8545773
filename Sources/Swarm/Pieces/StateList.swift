/// A run of consecutive chain states S_first … S_(first + count - 1) of one blob, packed as they travel and as they are stored.
///
/// S_0 is the algorithm's standard initial value and is never listed; S_i is the state after the first i pieces,
/// so a blob of n pieces has the list S_1 … S_(n-1), and the digest itself takes the place of S_n.
public struct StateList: Hashable, Sendable {
    public let algorithm: DigestAlgorithm
    /// Index of the first state, at least 1.
    public let first: Int
    /// The states, and perhaps what is likely to follow.
    private var memory: [UInt8]
    private var byteCount: Int

    public init(_ algorithm: DigestAlgorithm, first: Int = 1) {
        self.algorithm = algorithm
        self.first = first
        self.memory = []
        self.byteCount = 0
    }

    /// An empty list that is likely to become another: as far as it does, it takes none but the other's memory.
    public init(likely list: StateList) {
        self.algorithm = list.algorithm
        self.first = list.first
        self.memory = list.memory
        self.byteCount = 0
    }

    /// - Returns: nil when the bytes are not a whole number of states, or `first` is less than 1.
    public init?(_ algorithm: DigestAlgorithm, first: Int, bytes: [UInt8]) {
        guard first >= 1, bytes.count % algorithm.byteCount == 0 else { return nil }
        self.algorithm = algorithm
        self.first = first
        self.memory = bytes
        self.byteCount = bytes.count
    }

    /// `count * algorithm.byteCount` bytes.
    public var bytes: [UInt8] { byteCount == memory.count ? memory : Array(memory[..<byteCount]) }
    public var count: Int { byteCount / algorithm.byteCount }
    public var isEmpty: Bool { byteCount == 0 }
    /// Index after the last state.
    public var end: Int { first + count }

    public subscript(index: Int) -> ChainState? {
        guard index >= first, index < end else { return nil }
        let offset = (index - first) * algorithm.byteCount
        return memory.withUnsafeBytes { ChainState(algorithm, bytes: $0[offset..<offset + algorithm.byteCount]) }
    }

    /// Whether it is that state that the list has there: without a copy of it, as `subscript` makes.
    func has(_ state: ChainState, at index: Int) -> Bool {
        guard index >= first, index < end, state.algorithm == algorithm else { return false }
        let offset = (index - first) * algorithm.byteCount
        return memory.withUnsafeBytes { state.hasBytes(UnsafeRawBufferPointer(rebasing: $0[offset..<offset + algorithm.byteCount])) }
    }

    /// Adds the state after the last one; it must be of the same algorithm.
    public mutating func append(_ state: ChainState) {
        precondition(state.algorithm == algorithm, "a chain has one algorithm")
        append(state.bytes[...])
    }

    /// Adds what another list of the same algorithm has beyond this one's end, if it does not begin beyond that.
    mutating func append(_ list: StateList) {
        guard list.first <= end, list.end > end else { return }
        precondition(list.algorithm == algorithm, "a chain has one algorithm")
        append(list.memory[(end - list.first) * algorithm.byteCount..<list.byteCount])
    }

    private mutating func append(_ next: ArraySlice<UInt8>) {
        if byteCount < memory.count {
            if isLikely(next) {
                byteCount += next.count
                return
            }
            memory = bytes
        }
        memory.append(contentsOf: next)
        byteCount += next.count
    }

    /// Whether the memory goes on with these states. Eight bytes at a time, of which states have a multiple: slices are compared one by one.
    private func isLikely(_ next: ArraySlice<UInt8>) -> Bool {
        guard byteCount + next.count <= memory.count else { return false }
        return memory.withUnsafeBytes { memory in
            next.withUnsafeBytes { next in
                stride(from: 0, to: next.count, by: 8).allSatisfy { offset in
                    memory.loadUnaligned(fromByteOffset: byteCount + offset, as: UInt64.self)
                        == next.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                }
            }
        }
    }

    /// Makes room for so many states in all.
    mutating func reserve(_ count: Int) {
        if byteCount == memory.count { memory.reserveCapacity(count * algorithm.byteCount) }
    }

    /// Drops the states from `index` on.
    public mutating func truncate(from index: Int) {
        let keep = max(0, min(count, index - first))
        memory = Array(memory[..<(keep * algorithm.byteCount)])
        byteCount = memory.count
    }

    /// The states of this list whose indices lie in `range`.
    public func slice(_ range: Range<Int>) -> StateList {
        let lower = max(first, min(range.lowerBound, end))
        let upper = max(lower, min(range.upperBound, end))
        let part = memory[(lower - first) * algorithm.byteCount..<(upper - first) * algorithm.byteCount]
        return StateList(algorithm, first: lower, bytes: Array(part)) ?? StateList(algorithm, first: lower)
    }

    public static func == (left: StateList, right: StateList) -> Bool {
        left.algorithm == right.algorithm && left.first == right.first
            && left.memory[..<left.byteCount] == right.memory[..<right.byteCount]
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(algorithm)
        hasher.combine(first)
        hasher.combine(memory[..<byteCount])
    }
}

/// A run of consecutive chain states S_first … S_(first + count - 1) of one blob, packed as they travel and as they are stored.
///
/// S_0 is the algorithm's standard initial value and is never listed; S_i is the state after the first i pieces,
/// so a blob of n pieces has the list S_1 … S_(n-1), and the digest itself takes the place of S_n.
public struct StateList: Hashable, Sendable {
    public let algorithm: DigestAlgorithm
    /// Index of the first state, at least 1.
    public let first: Int
    /// `count * algorithm.byteCount` bytes.
    public private(set) var bytes: [UInt8]

    public init(_ algorithm: DigestAlgorithm, first: Int = 1) {
        self.algorithm = algorithm
        self.first = first
        self.bytes = []
    }

    /// - Returns: nil when the bytes are not a whole number of states, or `first` is less than 1.
    public init?(_ algorithm: DigestAlgorithm, first: Int, bytes: [UInt8]) {
        guard first >= 1, bytes.count % algorithm.byteCount == 0 else { return nil }
        self.algorithm = algorithm
        self.first = first
        self.bytes = bytes
    }

    public var count: Int { bytes.count / algorithm.byteCount }
    public var isEmpty: Bool { bytes.isEmpty }
    /// Index after the last state.
    public var end: Int { first + count }

    public subscript(index: Int) -> ChainState? {
        guard index >= first, index < end else { return nil }
        let offset = (index - first) * algorithm.byteCount
        return ChainState(algorithm, bytes: bytes[offset..<offset + algorithm.byteCount])
    }

    /// Adds the state after the last one; it must be of the same algorithm.
    public mutating func append(_ state: ChainState) {
        precondition(state.algorithm == algorithm, "a chain has one algorithm")
        bytes.append(contentsOf: state.bytes)
    }

    /// Makes room for so many states in all.
    mutating func reserve(_ count: Int) { bytes.reserveCapacity(count * algorithm.byteCount) }

    /// Drops the states from `index` on.
    public mutating func truncate(from index: Int) {
        let keep = max(0, min(count, index - first))
        bytes.removeLast((count - keep) * algorithm.byteCount)
    }

    /// The states of this list whose indices lie in `range`.
    public func slice(_ range: Range<Int>) -> StateList {
        let lower = max(first, min(range.lowerBound, end))
        let upper = max(lower, min(range.upperBound, end))
        let part = bytes[(lower - first) * algorithm.byteCount..<(upper - first) * algorithm.byteCount]
        return StateList(algorithm, first: lower, bytes: Array(part)) ?? StateList(algorithm, first: lower)
    }
}

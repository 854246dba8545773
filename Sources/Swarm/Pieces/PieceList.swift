/// Numbers of pieces, in the order in which they were named. A few of them lie in the list itself: thousands of these are on their way at a time, and
/// most name one or two.
public struct PieceList: Sendable, RandomAccessCollection, ExpressibleByArrayLiteral {
    /// With more than a few there are soon as many.
    private static var likely: Int { 12 }

    private var few: InlineArray<5, UInt32> = .init(repeating: 0)
    private var fewCount: UInt32 = 0
    /// All beyond `few`.
    private var more: [UInt32]?

    public init() {}

    public init(_ pieces: some Sequence<UInt32>) {
        for piece in pieces { append(piece) }
    }

    public init(arrayLiteral pieces: UInt32...) { self.init(pieces) }

    /// Names one more, as the last.
    public mutating func append(_ piece: UInt32) {
        if fewCount < few.count {
            few[Int(fewCount)] = piece
            fewCount += 1
        } else if more?.append(piece) == nil {
            var list: [UInt32] = []
            list.reserveCapacity(Self.likely)
            list.append(piece)
            more = list
        }
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { Int(fewCount) + (more?.count ?? 0) }

    public subscript(index: Int) -> UInt32 {
        if index < fewCount { return few[index] }
        guard let more else { preconditionFailure("no such piece in the list") }
        return more[index - few.count]
    }
}

extension PieceList: Hashable {
    public static func == (left: PieceList, right: PieceList) -> Bool { left.elementsEqual(right) }

    public func hash(into hasher: inout Hasher) {
        for piece in self { hasher.combine(piece) }
    }
}

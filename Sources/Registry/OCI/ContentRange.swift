/// A `Content-Range` header of bytes (RFC 9110, section 14.4): `bytes first-last/size` or `bytes */size`.
public struct ContentRange: Sendable, Hashable, CustomStringConvertible {
    /// Half open; nil for `*`, which comes with 416.
    public let range: Range<UInt64>?
    /// Bytes of the whole; nil for `*`.
    public let size: UInt64?

    /// The header of a 206.
    public init(_ range: Range<UInt64>, ofSize size: UInt64) {
        self.range = range
        self.size = size
    }

    /// The header of a 416.
    public init(unsatisfiedOfSize size: UInt64) {
        self.range = nil
        self.size = size
    }

    /// - Returns: nil unless well formed, with first <= last < size.
    public init?(parsing header: String) {
        let words = header.trimmed.split(separator: " ", omittingEmptySubsequences: true)
        guard words.count == 2, words[0].lowercased() == "bytes" else { return nil }
        let halves = words[1].split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count == 2 else { return nil }
        let size: UInt64? = halves[1] == "*" ? nil : Self.number(halves[1])
        guard size != nil || halves[1] == "*" else { return nil }
        self.size = size
        if halves[0] == "*" {
            guard size != nil else { return nil }
            range = nil
            return
        }
        let ends = halves[0].split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = Self.number(ends[0]), let last = Self.number(ends[1]) else { return nil }
        guard first <= last, last < size ?? .max else { return nil }
        range = first..<(last + 1)
    }

    public var description: String {
        let total = size.map { "\($0)" } ?? "*"
        return range.map { "bytes \($0.lowerBound)-\($0.upperBound - 1)/\(total)" } ?? "bytes */\(total)"
    }

    /// Unlike a request's range end, a number here that does not fit is a broken answer.
    private static func number(_ text: Substring) -> UInt64? {
        Decimal.parse(text).flatMap { $0 == .max ? nil : $0 }
    }
}

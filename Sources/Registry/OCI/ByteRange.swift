/// A `Range` header of bytes (RFC 9110, section 14.1.2), before the size it applies to is known.
public struct ByteRange: Sendable, Hashable {
    /// One range of the header.
    public enum Spec: Sendable, Hashable {
        /// `first-last`, both included; `first` may exceed `last`, and then selects nothing.
        case closed(UInt64, UInt64)
        /// `first-`.
        case from(UInt64)
        /// `-count`: the last bytes.
        case suffix(UInt64)
    }

    /// What a header asks of a blob of known size.
    public enum Selection: Sendable, Hashable {
        case whole
        /// Half open and clamped to the size, never empty.
        case part(Range<UInt64>)
        /// Several of these, in the order in which they were asked for.
        case parts([Range<UInt64>])
        /// To be answered 416 with `Content-Range: bytes */size`.
        case unsatisfiable
    }

    /// More ranges than any client asks for are not parsed: such a header is ignored, which the RFC allows. (Clients of zstd:chunked layers ask
    /// for up to 1024.)
    public static let limit = 1024

    /// More ranges that overlap others are ignored too (RFC 9110, section 14.2): they only make more of a blob than it is.
    static let overlapLimit = 2

    public let specs: [Spec]

    /// - Returns: nil for anything that is not a valid `bytes=` header; such a header is ignored (RFC 9110, section 14.2).
    public init?(parsing header: String) {
        guard let equals = header.firstIndex(of: "="), header[..<equals].lowercased() == "bytes" else { return nil }
        let parts = header[header.index(after: equals)...].split(separator: ",", maxSplits: Self.limit, omittingEmptySubsequences: false)
        guard parts.count <= Self.limit else { return nil }
        var specs: [Spec] = []
        for part in parts {
            let text = part.trimmed
            if text.isEmpty { continue }
            guard let spec = Self.spec(text) else { return nil }
            specs.append(spec)
        }
        guard !specs.isEmpty else { return nil }
        self.specs = specs
    }

    /// What this header selects of `size` bytes. Of several ranges those count that select something.
    public func selection(ofSize size: UInt64) -> Selection {
        let parts = specs.compactMap { $0.range(ofSize: size) }
        guard let first = parts.first else { return .unsatisfiable }
        guard parts.count > 1 else { return .part(first) }
        var (overlaps, end) = (0, UInt64(0))
        for part in parts.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if part.lowerBound < end { overlaps += 1 }
            end = Swift.max(end, part.upperBound)
        }
        return overlaps > Self.overlapLimit ? .whole : .parts(parts)
    }

    /// The header that asks for exactly these bytes. Always closed: one common registry answers 416 to an open-ended range.
    public static func header(for range: Range<UInt64>) -> String {
        precondition(!range.isEmpty, "a Range header cannot ask for no bytes")
        return "bytes=\(range.lowerBound)-\(range.upperBound - 1)"
    }

    private static func spec(_ text: Substring) -> Spec? {
        guard let dash = text.firstIndex(of: "-") else { return nil }
        let before = text[..<dash]
        let after = text[text.index(after: dash)...]
        if before.isEmpty { return Decimal.parse(after).map { .suffix($0) } }
        guard let first = Decimal.parse(before) else { return nil }
        if after.isEmpty { return .from(first) }
        guard let last = Decimal.parse(after) else { return nil }
        return .closed(first, last)
    }
}

extension ByteRange.Spec {
    /// The bytes of `size` that it selects; nil for none.
    fileprivate func range(ofSize size: UInt64) -> Range<UInt64>? {
        switch self {
        case .closed(let first, let last):
            // RFC 9110 calls last < first invalid, to be ignored; the distribution conformance suite wants 416 for 500-0.
            guard first <= last, first < size else { return nil }
            return first..<(min(last, size - 1) + 1)
        case .from(let first): return first < size ? first..<size : nil
        case .suffix(let count):
            guard count > 0, size > 0 else { return nil }
            return (size - min(count, size))..<size
        }
    }
}

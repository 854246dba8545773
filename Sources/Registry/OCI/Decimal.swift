/// Unsigned decimal numbers as HTTP writes them: digits only, where `UInt64(_:)` would also take a sign.
enum Decimal {
    /// - Returns: nil for anything but digits; a number too large for 64 bits is clamped, so that a huge range end still means "to the
    ///   end".
    static func parse(_ text: some StringProtocol) -> UInt64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return UInt64(text) ?? .max
    }
}

extension StringProtocol {
    /// Without the spaces and tabs that HTTP allows around a field's parts.
    var trimmed: SubSequence {
        let start = firstIndex { $0 != " " && $0 != "\t" } ?? endIndex
        let end = lastIndex { $0 != " " && $0 != "\t" }.map { index(after: $0) } ?? start
        return self[start..<Swift.max(start, end)]
    }
}

/// A text file as lines, and back without a byte of difference but a missing newline at the end.
enum TextLines {
    static func of(_ text: String?) -> [String] {
        guard let text, !text.isEmpty else { return [] }
        // By bytes: a carriage return before the newline stays with its line.
        var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        if lines.last == "" { lines.removeLast() }
        return lines
    }

    static func text(_ lines: [String]) -> String {
        lines.map { $0 + "\n" }.joined()
    }

    /// The text, or nil when nothing is left that a file would be needed for.
    static func textOrNothing(_ lines: [String]) -> String? {
        lines.allSatisfy { $0.allSatisfy(\.isWhitespace) } ? nil : text(lines)
    }
}

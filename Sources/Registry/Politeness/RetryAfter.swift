/// How long a server asks to be left alone (RFC 9110, section 10.2.3): seconds, or a date, counted from the answer's own date so that
/// clocks need not agree.
enum RetryAfter {
    /// - Returns: nil for what is neither, and for a date without another to compare it to.
    static func seconds(_ field: String, answeredAt date: String?) -> UInt64? {
        let text = field.trimmed
        if let seconds = Decimal.parse(text) { return seconds }
        guard let until = HTTPDateText.parse(text), let now = date.flatMap({ HTTPDateText.parse($0.trimmed) }) else { return nil }
        return until > now ? UInt64(until - now) : 0
    }
}

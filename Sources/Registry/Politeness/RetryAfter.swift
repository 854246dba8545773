/// How long a server asks to be left alone (RFC 9110, section 10.2.3): seconds, or a date, counted from the answer's own date so that
/// clocks need not agree.
enum RetryAfter {
    /// - Returns: nil for what is neither, and for a date without another to compare it to.
    static func seconds(_ field: String, answeredAt date: String?) -> UInt64? {
        let text = field.trimmed
        if let seconds = Decimal.parse(text) { return seconds }
        guard let until = moment(text), let now = date.flatMap({ moment($0.trimmed) }) else { return nil }
        return until > now ? UInt64(until - now) : 0
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Seconds since 1970 of `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that servers may still write.
    private static func moment(_ text: some StringProtocol) -> Int64? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let day = Decimal.parse(words[1]), let month = months.firstIndex(of: String(words[2])),
            let year = Decimal.parse(words[3])
        else { return nil }
        let clock = words[4].split(separator: ":").map { Decimal.parse($0) }
        guard clock.count == 3, let hour = clock[0], let minute = clock[1], let second = clock[2], (1...31).contains(day), hour < 24,
            minute < 60, second < 61, (1970...9999).contains(year)
        else { return nil }
        return ((daysSince1970(Int64(year), Int64(month) + 1, Int64(day)) * 24 + Int64(hour)) * 60 + Int64(minute)) * 60 + Int64(second)
    }

    /// Of the Gregorian calendar, in years that begin in March, so that the leap day is their last (Hinnant, "chrono-Compatible Low-Level
    /// Date Algorithms", days_from_civil).
    private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = year / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

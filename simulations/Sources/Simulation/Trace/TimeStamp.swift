/// Moments as logs write them (RFC 3339).
enum TimeStamp {
    /// Nanoseconds since 1970 of `2017-06-20T02:00:01.123Z`, with as many decimals as there are, in UTC or with an offset. Nil for anything
    /// else, and for what 64 bits cannot hold.
    static func nanoseconds(_ text: String) -> Int64? {
        var rest = text.utf8[...]
        guard let year = number(&rest, 4), (1700...2200).contains(year), take("-", &rest),
            let month = number(&rest, 2), (1...12).contains(month), take("-", &rest),
            let day = number(&rest, 2), (1...31).contains(day), take("T", &rest) || take("t", &rest) || take(" ", &rest),
            let hour = number(&rest, 2), hour < 24, take(":", &rest),
            let minute = number(&rest, 2), minute < 60, take(":", &rest),
            let second = number(&rest, 2), second <= 60, let fraction = fraction(&rest), let offset = offset(&rest), rest.isEmpty
        else { return nil }
        let seconds = ((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second - offset
        return Int64(seconds) * 1_000_000_000 + fraction
    }

    /// Since 1970: years are counted from March, so that the day that leap years have is their last.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let marchYear = month > 2 ? year : year - 1
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return marchYear * 365 + marchYear / 4 - marchYear / 100 + marchYear / 400 + dayOfYear - 719_468
    }

    private static func take(_ character: Unicode.Scalar, _ rest: inout Substring.UTF8View) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    private static func number(_ rest: inout Substring.UTF8View, _ digits: Int) -> Int? {
        let field = rest.prefix(digits)
        guard field.count == digits, field.allSatisfy(isDigit) else { return nil }
        rest = rest.dropFirst(digits)
        return field.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    /// Nanoseconds; digits beyond are cut off.
    private static func fraction(_ rest: inout Substring.UTF8View) -> Int64? {
        guard take(".", &rest) else { return 0 }
        let digits = rest.prefix(while: isDigit)
        rest = rest[digits.endIndex...]
        guard !digits.isEmpty else { return nil }
        let nine = Array(digits.prefix(9)) + Array(repeating: UInt8(ascii: "0"), count: max(0, 9 - digits.count))
        return nine.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
    }

    /// Seconds east of UTC.
    private static func offset(_ rest: inout Substring.UTF8View) -> Int? {
        if take("Z", &rest) || take("z", &rest) { return 0 }
        let sign = take("-", &rest) ? -1 : 1
        guard sign < 0 || take("+", &rest), let hours = number(&rest, 2), take(":", &rest), let minutes = number(&rest, 2) else {
            return nil
        }
        return sign * (hours * 60 + minutes) * 60
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

#if canImport(Glibc)
    import Glibc
#endif

/// Dates as HTTP writes them (RFC 9110, section 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
enum HTTPDateText {
    /// - Parameter second: since 1970-01-01T00:00:00Z.
    static func format(_ second: time_t) -> String {
        var (second, fields) = (second, tm())
        gmtime_r(&second, &fields)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let day = "\(days[Int(fields.tm_wday)]), \(padded(fields.tm_mday)) \(months[Int(fields.tm_mon)]) \(1900 + fields.tm_year)"
        return "\(day) \(padded(fields.tm_hour)):\(padded(fields.tm_min)):\(padded(fields.tm_sec)) GMT"
    }

    /// The second that such a text names, in the one form that servers may send today; nil for any other text.
    static func parse(_ text: some StringProtocol) -> time_t? {
        let parts = text.split { $0 == " " || $0 == ":" }
        guard parts.count == 8, parts[0].last == ",", parts[7] == "GMT", let month = months.firstIndex(of: String(parts[2])),
            let day = Int32(parts[1]), let year = Int32(parts[3]), (1970...9999).contains(year), let hour = Int32(parts[4]),
            let minute = Int32(parts[5]), let second = Int32(parts[6]), (1...31).contains(day), (0..<24).contains(hour),
            (0..<60).contains(minute), (0...60).contains(second)
        else { return nil }
        var fields = tm()
        (fields.tm_year, fields.tm_mon, fields.tm_mday) = (year - 1900, Int32(month), day)
        (fields.tm_hour, fields.tm_min, fields.tm_sec) = (hour, minute, second)
        return timegm(&fields)
    }

    /// This machine's time.
    static var now: time_t { time(nil) }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func padded(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

#if canImport(Glibc)
    import Glibc
#endif

/// Moments as texts, in UTC.
public enum UTCText {
    /// - Parameters:
    ///   - second: since 1970-01-01T00:00:00Z.
    ///   - pattern: of strftime(3): `%Y-%m-%dT%H:%M:%SZ` gives 20 bytes. No more than 63 bytes come of it.
    public static func format(_ second: Int, _ pattern: String) -> String {
        var (second, fields) = (second, tm())
        gmtime_r(&second, &fields)
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
            guard let start = text.baseAddress, strftime(start, text.count, pattern, &fields) > 0 else { return "" }
            return String(cString: start)
        }
    }
}

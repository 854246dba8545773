/// What a registry says that may still be asked, such as `ratelimit-remaining: 76;w=21600` (Docker Hub; the IETF's draft "RateLimit header
/// fields for HTTP" as it was then).
public struct RateLimit: Sendable, Hashable {
    /// Requests that are left in the present window.
    public let remaining: UInt64
    /// Requests of a whole window, when it says.
    public let limit: UInt64?

    /// - Returns: nil when an answer does not say what remains.
    init?(remaining: String?, limit: String?) {
        guard let remaining = remaining.flatMap(Self.count) else { return nil }
        self.remaining = remaining
        self.limit = limit.flatMap(Self.count)
    }

    private static func count(_ field: String) -> UInt64? { Decimal.parse(field.prefix { $0 != ";" && $0 != "," }.trimmed) }
}

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Base64 (RFC 4648, section 4).
enum Base64 {
    static func encode(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    /// - Returns: nil for what is not base64. Padding may be left out, as some tools do.
    static func decode(_ text: String) -> [UInt8]? {
        let bare = text.trimmed.prefix { $0 != "=" }
        let padding = String(repeating: "=", count: (4 - bare.utf8.count % 4) % 4)
        return Data(base64Encoded: bare + padding).map { Array($0) }
    }

    /// The alphabet of section 5, which is safe in URLs.
    static func decode(url text: String) -> [UInt8]? {
        decode(String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }))
    }
}

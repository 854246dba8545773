import FoundationEssentials

/// How everything of ours that is JSON is written: keys sorted, slashes as they are, so that outputs can be compared as text.
public enum JSONText {
    /// Encodes a value as UTF-8 text.
    /// - Parameter pretty: with indentation and a newline a field, for a terminal.
    /// - Throws: `EncodingError`, for example for a number that is not finite.
    public static func encode(_ value: some Encodable, pretty: Bool = false) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting =
            pretty ? [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted] : [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

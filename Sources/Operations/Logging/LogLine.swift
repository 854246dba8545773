import FoundationEssentials
import Logging

/// One log record as one line of text: `TIME LEVEL MESSAGE key=value ...`.
///
///     2026-11-21T10:43:41.120Z info listening socket=mirror address=127.0.0.1:5000
///
/// Control characters are escaped, so a record is always one line; a value that has a space, a quote or an equals sign, or is
/// empty, stands in double quotes. Keys are sorted, `socket` first.
enum LogLine {
    /// RFC 3339 in UTC, with milliseconds.
    private static let timeFormat = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    static func format(time: Date, level: Logger.Level, message: String, metadata: Logger.Metadata) -> String {
        var line = "\(time.formatted(timeFormat)) \(level.rawValue) "
        append(escaping: message, quotes: false, to: &line)
        for (key, value) in metadata.sorted(by: { rank($0.key) < rank($1.key) }) {
            line += " "
            append(escaping: key, quotes: false, to: &line)
            line += "="
            append(value: text(value), to: &line)
        }
        return line + "\n"
    }

    private static func rank(_ key: String) -> (Int, String) { (key == "socket" ? 0 : 1, key) }

    private static func text(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text): text
        case .stringConvertible(let value): value.description
        case .array(let values): "[\(values.map(text).joined(separator: ","))]"
        case .dictionary(let pairs): "{\(pairs.sorted { $0.key < $1.key }.map { "\($0.key):\(text($0.value))" }.joined(separator: ","))}"
        }
    }

    private static func append(value: String, to line: inout String) {
        let isPlain = !value.isEmpty && value.unicodeScalars.allSatisfy { $0 != " " && $0 != "\"" && $0 != "=" && !isControl($0) }
        if isPlain {
            line += value
        } else {
            line += "\""
            append(escaping: value, quotes: true, to: &line)
            line += "\""
        }
    }

    private static func append(escaping text: String, quotes: Bool, to line: inout String) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": line += "\\n"
            case "\r": line += "\\r"
            case "\t": line += "\\t"
            case "\"" where quotes: line += "\\\""
            case "\\" where quotes: line += "\\\\"
            case _ where isControl(scalar): line += "\\u{\(String(scalar.value, radix: 16))}"
            default: line.unicodeScalars.append(scalar)
            }
        }
    }

    /// C0 and C1 controls, DEL, and Unicode's line and paragraph separators: what a terminal or a log reader would act on.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value == 0x2028 || scalar.value == 0x2029
    }
}

/// The lexical rules of the Prometheus text exposition format, version 0.0.4.
/// Source: prometheus.io/docs/instrumenting/exposition_formats/#text-based-format.
enum MetricText {
    /// The media type of a scrape's answer.
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// A label's value: backslash, quote and newline are escaped.
    static func escapeLabel(_ value: String) -> String {
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// A help text: backslash and newline are escaped.
    static func escapeHelp(_ help: String) -> String {
        var escaped = ""
        for scalar in help.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// A value as Go's ParseFloat reads it; whole numbers without a fraction, as counters of bytes are easier to read so.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if value == value.rounded(), abs(value) < 9_007_199_254_740_992 { return String(Int64(value)) }
        return String(value)
    }
}

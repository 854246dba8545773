/// The grammar of names in Prometheus's data model: `[a-zA-Z_:][a-zA-Z0-9_:]*`, without colons for labels.
enum MetricName {
    /// Whether a text can be a metric's name.
    static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, !isDigit(first) else { return false }
        return name.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: ":") }
    }

    /// A library's label such as `http.server.request.duration` as a name, with the ending that its kind wants.
    static func of(_ label: String, ending: String) -> String {
        let name = sanitize(label, allowsColon: true)
        return name.hasSuffix(ending) ? name : name + ending
    }

    /// A dimension's name as a label name.
    static func label(_ name: String) -> String { sanitize(name, allowsColon: false) }

    private static func sanitize(_ text: String, allowsColon: Bool) -> String {
        var bytes = text.utf8.map { isLetter($0) || isDigit($0) || (allowsColon && $0 == UInt8(ascii: ":")) ? $0 : UInt8(ascii: "_") }
        if bytes.first.map(isDigit) ?? true { bytes.insert(UInt8(ascii: "_"), at: 0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            || byte == UInt8(ascii: "_")
    }
}

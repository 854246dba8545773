/// Amounts as people write them in a scenario: a number, a space if they like, and a unit.
enum Quantity {
    /// Bytes a second. Bits as links are sold (`100 Mbit/s`), bytes as disks are (`300 MB/s`), or `unlimited`.
    static func rate(_ text: String) -> Double? {
        if text == "unlimited" { return .infinity }
        let bits = ["bit/s": 0.125, "kbit/s": 125, "Mbit/s": 125e3, "Gbit/s": 125e6]
        let bytes = ["B/s": 1, "kB/s": 1e3, "MB/s": 1e6, "GB/s": 1e9]
        return value(text, units: bits.merging(bytes) { first, _ in first })
    }

    static func bytes(_ text: String) -> UInt64? {
        let units = ["B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KiB": 1024, "MiB": 0x1p20, "GiB": 0x1p30, "TiB": 0x1p40]
        guard let value = value(text, units: units), value < 0x1p62 else { return nil }
        return UInt64(value.rounded())
    }

    static func duration(_ text: String) -> Duration? {
        let units = ["us": 1e-6, "ms": 1e-3, "s": 1, "min": 60, "h": 3600]
        guard let value = value(text, units: units), value < 1e9 else { return nil }
        return .seconds(value)
    }

    /// Part of a whole: `10 %` or `0.1`.
    static func share(_ text: String) -> Double? {
        guard let value = value(text, units: ["%": 0.01, "": 1]), value <= 1 else { return nil }
        return value
    }

    private static func value(_ text: String, units: [String: Double]) -> Double? {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = text[number.endIndex...].drop { $0 == " " }
        guard let scale = units[String(unit)], let value = Double(number), value.isFinite else { return nil }
        return value * scale
    }
}

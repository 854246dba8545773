/// Amounts of bytes for people.
public enum ByteCount {
    /// A size in powers of 1024 with at most one decimal: `0 B`, `999 B`, `1.5 GiB`, `12 MiB`.
    public static func size(_ bytes: UInt64) -> String {
        scaled(Double(bytes), base: 1024, units: ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"])
    }

    /// A rate in powers of 1000, as network links are sold: `950 kB/s`, `120 MB/s`.
    public static func rate(bytesPerSecond: Double) -> String {
        scaled(bytesPerSecond.isFinite ? max(0, bytesPerSecond) : 0, base: 1000, units: ["B/s", "kB/s", "MB/s", "GB/s", "TB/s"])
    }

    /// Three digits at most before the unit changes; one decimal below ten, and none where it would be zero.
    private static func scaled(_ value: Double, base: Double, units: [String]) -> String {
        var value = value
        var unit = 0
        // Half a unit more would print as four digits, or as the base itself.
        while value >= min(base, 999.5), unit < units.count - 1 {
            value /= base
            unit += 1
        }
        let tenths = Int((value * 10).rounded())
        let number = tenths < 100 && tenths % 10 != 0 && unit > 0 ? "\(tenths / 10).\(tenths % 10)" : "\(Int(value.rounded()))"
        return "\(number) \(units[unit])"
    }
}

/// Figures as columns of text, for a terminal.
public enum TextTable {
    /// Rows of equally many cells: the first column to the left, the others to the right.
    public static func columns(_ rows: [[String]]) -> String {
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.indices.map { $0 == 0 ? padded(row[0], widths[0]) : String(repeating: " ", count: widths[$0] - row[$0].count) + row[$0] }
                .joined(separator: "  ") + "\n"
        }.joined()
    }

    /// Names and values, one pair a line.
    public static func pairs(_ figures: [(name: String, value: String)]) -> String {
        let width = figures.map(\.name.count).max() ?? 0
        return figures.map { padded($0.name, width) + "  " + $0.value + "\n" }.joined()
    }

    private static func padded(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }

    /// A number with so many digits behind the point; a dash for one that says nothing.
    public static func number(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "-" }
        let scale = (0..<digits).reduce(1.0) { product, _ in product * 10 }
        let whole = Int64((abs(value) * scale).rounded())
        let sign = value < 0 && whole > 0 ? "-" : ""
        guard digits > 0 else { return "\(sign)\(whole)" }
        let rest = String(whole % Int64(scale))
        return "\(sign)\(whole / Int64(scale)).\(String(repeating: "0", count: digits - rest.count))\(rest)"
    }
}

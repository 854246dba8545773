/// Figures as columns of text.
enum LoadTable {
    /// A line for each kind of time.
    static func text(_ times: [TimeSummary]) -> String {
        let header = ["milliseconds", "count", "mean", "p50", "p90", "p99", "p99.9", "max"]
        let rows = times.filter { $0.count > 0 }.map { time in
            [time.name, "\(time.count)"] + [time.mean, time.p50, time.p90, time.p99, time.p999, time.max].map { number($0, 3) }
        }
        return columns([header] + rows)
    }

    /// Names and values, one pair a line.
    static func text(_ figures: [(name: String, value: String)]) -> String {
        let width = figures.map(\.name.count).max() ?? 0
        return figures.map { padded($0.name, width) + "  " + $0.value + "\n" }.joined()
    }

    /// How often what went wrong, with an example of each.
    static func text(_ errors: [ErrorSummary]) -> String {
        errors.isEmpty ? "no errors\n" : "errors\n" + errors.map { "  \($0.count) times \($0.kind), such as: \($0.example)\n" }.joined()
    }

    /// The first column to the left, the others to the right.
    private static func columns(_ rows: [[String]]) -> String {
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.indices.map { $0 == 0 ? padded(row[0], widths[0]) : String(repeating: " ", count: widths[$0] - row[$0].count) + row[$0] }
                .joined(separator: "  ") + "\n"
        }.joined()
    }

    private static func padded(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }

    /// A number that is not negative, with so many digits behind the point.
    static func number(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite, value < 1e12 else { return "-" }
        let scale = (0..<digits).reduce(1.0) { product, _ in product * 10 }
        let whole = Int64((max(0, value) * scale).rounded())
        guard digits > 0 else { return "\(whole)" }
        let rest = String(whole % Int64(scale))
        return "\(whole / Int64(scale)).\(String(repeating: "0", count: digits - rest.count))\(rest)"
    }
}

import Operations

/// Figures as columns of text.
enum LoadTable {
    /// A line for each kind of time.
    static func text(_ times: [TimeSummary]) -> String {
        let header = ["milliseconds", "count", "mean", "p50", "p90", "p99", "p99.9", "max"]
        let rows = times.filter { $0.count > 0 }.map { time in
            [time.name, "\(time.count)"] + [time.mean, time.p50, time.p90, time.p99, time.p999, time.max].map { TextTable.number($0, 3) }
        }
        return TextTable.columns([header] + rows)
    }

    /// How often what went wrong, with an example of each.
    static func text(_ errors: [ErrorSummary]) -> String {
        errors.isEmpty ? "no errors\n" : "errors\n" + errors.map { "  \($0.count) times \($0.kind), such as: \($0.example)\n" }.joined()
    }
}

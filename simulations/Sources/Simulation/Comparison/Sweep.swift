import Operations

/// A scenario with one value of it after the other changed, and what came of each.
public struct Sweep: Sendable {
    /// One value of each key, and the runs with it, one for each seed.
    public struct Point: Sendable {
        /// `key=value`.
        public let changes: [String]
        public let outcomes: [Outcome]

        public init(changes: [String], outcomes: [Outcome]) {
            self.changes = changes
            self.outcomes = outcomes
        }

        /// The median over the seeds; nil where no run has the figure.
        public func median(_ figure: Figure) -> Double? {
            let values = outcomes.compactMap { $0.value(figure) }.sorted()
            return values.isEmpty ? nil : values[values.count / 2]
        }

        var name: String { changes.joined(separator: " ") }
    }

    public let scenario: String
    public let points: [Point]

    public init(scenario: String, points: [Point]) {
        self.scenario = scenario
        self.points = points
    }

    /// All values of all keys with each other.
    ///
    /// - Parameter variations: `key=a,b,c`.
    /// - Returns: nil if one of them is not of that form.
    public static func combinations(_ variations: [String]) -> [[String]]? {
        var all: [[String]] = [[]]
        for variation in variations {
            let parts = variation.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { return nil }
            let values = parts[1].split(separator: ",").map(String.init)
            guard !values.isEmpty else { return nil }
            all = all.flatMap { before in values.map { before + ["\(parts[0])=\($0)"] } }
        }
        return all
    }

    /// A table for a terminal, with a bar for how long the slowest took.
    public func text() -> String {
        let figures = shown
        let longest = points.compactMap { $0.median(.p99) }.max() ?? 0
        let rows = points.map { point in
            let bar = point.median(.p99).map { String(repeating: "#", count: Int((30 * $0 / max(longest, 1e-9)).rounded())) } ?? ""
            return [point.name] + figures.map { figure in point.median(figure).map { TextTable.number($0, figure.digits) } ?? "-" }
                + [bar + String(repeating: " ", count: 30 - bar.count)]
        }
        return TextTable.columns([["median"] + figures.map(\.rawValue) + ["p99" + String(repeating: " ", count: 27)]] + rows)
    }

    /// Those that any run has.
    private var shown: [Figure] { Figure.allCases.filter { figure in points.contains { $0.median(figure) != nil } } }
}

extension Sweep {
    /// The sweep as one page that needs nothing else.
    public func page() -> String {
        let figures = shown
        let header = (["median"] + figures.map(\.rawValue)).map { "<th scope=\"col\">\(Markup.escape($0))</th>" }.joined()
        let rows = points.map { point in
            let cells = figures.map { figure in "<td>\(point.median(figure).map { TextTable.number($0, figure.digits) } ?? "-")</td>" }
            return "<tr><th scope=\"row\">\(Markup.escape(point.name))</th>\(cells.joined())</tr>"
        }
        return Page.html(
            title: scenario,
            body: """
                <div class="wide"><table>
                <tr>\(header)</tr>
                \(rows.joined(separator: "\n"))
                </table></div>
                \(chart.svg())
                """)
    }

    private var chart: BarChart {
        BarChart(
            title: "How long pulls took", unit: "seconds",
            bars: points.map { point in
                BarChart.Bar(name: point.name, low: point.median(.p50) ?? 0, high: point.median(.p99) ?? 0)
            })
    }
}

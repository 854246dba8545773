import Operations

/// Two things that were run with the same seeds, figure by figure.
public struct Comparison: Sendable {
    public let rows: [(figure: Figure, difference: PairedDifference)]

    /// - Parameters:
    ///   - first: by seed; so is `second`.
    public init(_ first: [Outcome], _ second: [Outcome]) {
        rows = Figure.allCases.compactMap { figure in
            let pairs = zip(first, second).compactMap { one, other in
                one.value(figure).flatMap { value in other.value(figure).map { (first: value, second: $0) } }
            }
            return PairedDifference(pairs).map { (figure, $0) }
        }
    }

    /// A table for a terminal.
    public func text() -> String {
        let header = ["mean", "A", "B", "B - A", "95 %", "", "verdict"]
        return TextTable.columns(
            [header]
                + rows.map { figure, difference in
                    let share = difference.first == 0 ? "" : TextTable.number(100 * difference.mean / difference.first, 1) + " %"
                    return [
                        figure.rawValue, TextTable.number(difference.first, figure.digits),
                        TextTable.number(difference.second, figure.digits),
                        TextTable.number(difference.mean, figure.digits), "+- " + TextTable.number(difference.margin, figure.digits), share,
                        Self.verdict(figure, difference),
                    ]
                })
    }

    static func verdict(_ figure: Figure, _ difference: PairedDifference) -> String {
        guard difference.isShown else { return difference.mean == 0 ? "the same" : "may be chance" }
        return (difference.mean > 0) == figure.isBetterHigh ? "better" : "worse"
    }
}

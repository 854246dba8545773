/// What went wrong: how often for each kind, and one example of it. Bounded, however much goes wrong.
struct ErrorTally: Sendable {
    /// Kinds that are told apart; further ones count together.
    static let kindLimit = 32
    private static let otherKind = "other errors"

    private var counts: [(kind: String, count: UInt64, example: String)] = []

    mutating func add(_ kind: String, count: UInt64 = 1, example: @autoclosure () -> String) {
        guard count > 0 else { return }
        let kind = counts.count < Self.kindLimit || counts.contains { $0.kind == kind } ? kind : Self.otherKind
        if let index = counts.firstIndex(where: { $0.kind == kind }) {
            counts[index].count += count
        } else {
            counts.append((kind, count, example()))
        }
    }

    var total: UInt64 { counts.reduce(0) { $0 + $1.count } }

    /// The most frequent first.
    var summary: [ErrorSummary] {
        counts.map { ErrorSummary(kind: $0.kind, count: $0.count, example: $0.example) }
            .sorted { ($1.count, $0.kind) < ($0.count, $1.kind) }
    }
}

/// Keeps retries to a share of what is asked anyway, so that a registry in trouble is not asked three times as much. Pure.
struct RetryBudget: Sendable, Hashable {
    /// Retries that a quiet client may make in a row.
    static let most = 10
    /// Requests that allow for one more retry.
    static let requestsForOne = 10

    /// In tenths of a retry.
    private var tenths = most * requestsForOne

    /// A request was made that is none.
    mutating func earn() { tenths = min(tenths + 1, Self.most * Self.requestsForOne) }

    /// - Returns: whether a retry may be made; it is counted then.
    mutating func spend() -> Bool {
        guard tenths >= Self.requestsForOne else { return false }
        tenths -= Self.requestsForOne
        return true
    }
}

import Swarm

/// The upstream registry of one blob, as a test wants it to behave.
struct OriginModel {
    /// How one attempt goes.
    enum Attempt {
        case serves
        case notFound
        case refuses
        /// The connection breaks after so many bytes.
        case breaks(afterBytes: Int)
        /// Nothing is ever heard.
        case hangs
    }

    var bytesPerSecond: Double = 50_000_000
    var firstByteDelay: Duration = .milliseconds(20)
    /// One per attempt, over all nodes in the order in which they ask; afterwards `otherwise`.
    var script: [Attempt] = []
    var otherwise = Attempt.serves
    /// For these nodes the origin always goes so.
    var byNode: [Int: Attempt] = [:]
    /// Bytes other than the right ones, if the origin sends such.
    var content: ToyContent?

    private(set) var attempts = 0
    /// Bytes sent to anyone.
    var bytes = 0
    /// Who asked, and from which piece on.
    private(set) var orders: [(node: Int, firstPiece: Int)] = []

    mutating func nextAttempt(by node: Int, firstPiece: Int) -> Attempt {
        defer { attempts += 1 }
        orders.append((node, firstPiece))
        return byNode[node] ?? (attempts < script.count ? script[attempts] : otherwise)
    }
}

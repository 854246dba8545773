/// What runs are compared by.
public enum Figure: String, CaseIterable, Sendable {
    case p50 = "p50, s"
    case p90 = "p90, s"
    case p99 = "p99, s"
    case last = "max, s"
    case bound = "p99 / bound"
    case copies = "copies from the origin"
    case crossing = "between zones, MB"
    case duplicate = "duplicate, %"
    case control = "control, %"
    case fairness = "upload fairness"

    /// Of all of them less is better, but of this one.
    public var isBetterHigh: Bool { self == .fairness }
    public var digits: Int { self == .crossing ? 1 : 3 }
}

extension Outcome {
    /// - Returns: nil where the run has no such figure.
    public func value(_ figure: Figure) -> Double? {
        let received = Double(max(1, bytesFromOrigin + bytesFromPeers + duplicateBytes))
        return switch figure {
        case .p50: quantile(0.5)
        case .p90: quantile(0.9)
        case .p99: quantile(0.99)
        case .last: seconds.last
        case .bound: boundSeconds.flatMap { bound in quantile(0.99).map { $0 / bound } }
        case .copies: originCopies
        case .crossing: crossZoneBytes > 0 ? Double(crossZoneBytes) / 1e6 : nil
        case .duplicate: 100 * Double(duplicateBytes) / received
        case .control: 100 * Double(controlBytes) / received
        case .fairness: uploadFairness
        }
    }
}

/// How much one of two things that were run with the same seeds differs from the other: the mean of the differences, and between what it is
/// with 95 % confidence (Student's t, paired).
public struct PairedDifference: Sendable {
    public let first: Double
    public let second: Double
    /// Of the second to the first, in units of theirs.
    public let mean: Double
    /// Half of the interval's width; infinite with one pair.
    public let margin: Double

    /// - Parameter pairs: by seed.
    /// - Returns: nil without any.
    public init?(_ pairs: [(first: Double, second: Double)]) {
        guard !pairs.isEmpty else { return nil }
        let count = Double(pairs.count)
        let differences = pairs.map { $0.second - $0.first }
        first = pairs.reduce(0) { $0 + $1.first } / count
        second = pairs.reduce(0) { $0 + $1.second } / count
        let mean = differences.reduce(0, +) / count
        self.mean = mean
        guard pairs.count > 1 else {
            margin = .infinity
            return
        }
        let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
        margin = Self.quantile(pairs.count - 1) * (variance / count).squareRoot()
    }

    /// Whether it is more than chance.
    public var isShown: Bool { abs(mean) > margin }

    /// 0.975 quantiles of Student's distribution, by degrees of freedom from 1 on (tables of any textbook; beyond them the normal one's).
    private static func quantile(_ freedom: Int) -> Double {
        let table = [
            12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101,
            2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
        ]
        return freedom <= table.count ? table[freedom - 1] : 1.96
    }
}

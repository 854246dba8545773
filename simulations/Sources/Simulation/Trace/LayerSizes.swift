import Swarm

/// How large layers are: 65 % are below 1 MB, 80 % below 10 MB and 90 % below 63 MB, and the rest has a Pareto tail.
///
/// The shares are those of Anwar et al. (FAST '18) and of Zhao et al., "Large-Scale Analysis of the Docker Hub Dataset" (CLUSTER 2019).
/// Between two of them a size's logarithm is equally distributed.
struct LayerSizes {
    private static let steps: [(share: Double, bytes: Double)] = [(0, 1e3), (0.65, 1e6), (0.8, 10e6), (0.9, 63e6)]

    /// No layer is larger, bytes.
    let largest: Double
    /// P(size > x) falls as x^-tailExponent.
    let tailExponent: Double

    /// The size that this share of all layers stays below.
    func size(at share: Double) -> UInt64 {
        UInt64(min(largest, quantile(share)).rounded())
    }

    func draw(_ random: inout SeededGenerator) -> UInt64 { size(at: .random(in: 0..<1, using: &random)) }

    private func quantile(_ share: Double) -> Double {
        for (from, to) in zip(Self.steps, Self.steps.dropFirst()) where share < to.share {
            let part = (share - from.share) / (to.share - from.share)
            return from.bytes * Powers.power(to.bytes / from.bytes, part)
        }
        let last = Self.steps[Self.steps.count - 1]
        guard largest > last.bytes else { return largest }
        // Cut off at the largest, so that what is beyond is spread over the tail and does not pile up there.
        let part = (share - last.share) / (1 - last.share)
        let beyond = Powers.power(last.bytes / largest, tailExponent)
        return last.bytes * Powers.power(1 - part * (1 - beyond), -1 / tailExponent)
    }
}

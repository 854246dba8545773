import CoreMetrics
import NIOConcurrencyHelpers

/// A distribution: swift-metrics' Timer (in seconds) and aggregating Recorder (as recorded).
final class HistogramSeries: TimerHandler, RecorderHandler, MetricSeries {
    private struct State {
        var counts: [UInt64]
        var sum = 0.0
    }

    /// The buckets' inclusive upper bounds, ascending, finite; the last bucket, `+Inf`, is implied.
    let bounds: [Double]
    private let state: NIOLockedValueBox<State>

    init(bounds: [Double]) {
        self.bounds = bounds
        state = NIOLockedValueBox(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        // A NaN would make the sum useless for ever.
        guard !value.isNaN else { return }
        let index = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLockedValue {
            $0.counts[index] += 1
            $0.sum += value
        }
    }

    func write(name: String, labels: MetricLabels, to text: inout String) {
        let state = state.withLockedValue { $0 }
        var cumulative: UInt64 = 0
        for (bound, count) in zip(bounds + [.infinity], state.counts) {
            cumulative += count
            text += "\(name)_bucket\(labels.braced(adding: "le=\"\(MetricText.number(bound))\"")) \(cumulative)\n"
        }
        text += "\(name)_sum\(labels.braced()) \(MetricText.number(state.sum))\n"
        text += "\(name)_count\(labels.braced()) \(cumulative)\n"
    }
}

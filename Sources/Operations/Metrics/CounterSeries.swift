import CoreMetrics
import Synchronization

/// A counter of whole units: one atomic addition an increment. Wraps at 2^63 like Prometheus's own clients.
final class CounterSeries: CounterHandler, MetricSeries {
    private let total = Atomic<Int64>(0)

    func increment(by amount: Int64) {
        // A counter cannot fall; swift-metrics leaves negative amounts to the backend.
        guard amount > 0 else { return }
        total.wrappingAdd(amount, ordering: .relaxed)
    }

    func reset() { total.store(0, ordering: .relaxed) }

    func write(name: String, labels: MetricLabels, to text: inout String) {
        text += "\(name)\(labels.braced()) \(total.load(ordering: .relaxed))\n"
    }
}

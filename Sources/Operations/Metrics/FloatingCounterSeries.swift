import CoreMetrics

/// A counter of fractions, for example seconds.
final class FloatingCounterSeries: FloatingPointCounterHandler, MetricSeries {
    private let total = AtomicDouble()

    func increment(by amount: Double) {
        guard amount > 0 else { return }
        total.add(amount)
    }

    func reset() { total.store(0) }

    func write(name: String, labels: MetricLabels, to text: inout String) {
        text += "\(name)\(labels.braced()) \(MetricText.number(total.value))\n"
    }
}

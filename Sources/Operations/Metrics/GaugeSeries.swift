import CoreMetrics

/// A value that goes up and down: swift-metrics' Gauge (a recorder that does not aggregate) and Meter.
final class GaugeSeries: RecorderHandler, MeterHandler, MetricSeries {
    private let current = AtomicDouble()

    func record(_ value: Int64) { current.store(Double(value)) }
    func record(_ value: Double) { current.store(value) }
    func set(_ value: Int64) { current.store(Double(value)) }
    func set(_ value: Double) { current.store(value) }
    func increment(by amount: Double) { current.add(amount) }
    func decrement(by amount: Double) { current.add(-amount) }

    func write(name: String, labels: MetricLabels, to text: inout String) {
        text += "\(name)\(labels.braced()) \(MetricText.number(current.value))\n"
    }
}

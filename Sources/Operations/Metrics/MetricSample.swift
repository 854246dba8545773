/// One value read from live state when Prometheus scrapes, with its declaration beside it.
///
///     metrics.collect {
///         let state = await node.statistics()
///         return [.gauge("shoal_blobs_held", help: "Whole blobs in the store.", Double(state.blobs))]
///     }
///
/// Samples of one name must agree in kind and help and differ in labels.
public struct MetricSample: Sendable {
    let name: String
    let kind: MetricKind
    let help: String
    let labels: MetricLabels
    let value: Double

    /// A value that goes up and down.
    public static func gauge(_ name: String, help: String, labels: [(String, String)] = [], _ value: Double) -> MetricSample {
        MetricSample(name: name, kind: .gauge, help: help, labels: MetricLabels(labels), value: value)
    }

    /// A total that only grows; the name ends in `_total`, save for the process's own by Prometheus's convention.
    public static func counter(_ name: String, help: String, labels: [(String, String)] = [], _ value: Double) -> MetricSample {
        MetricSample(name: name, kind: .counter, help: help, labels: MetricLabels(labels), value: value)
    }
}

/// What a metric is to Prometheus; the words of a `# TYPE` line.
public enum MetricKind: String, Sendable, Hashable {
    /// A total that only grows while the process lives; its name ends in `_total`.
    case counter
    /// A value that goes up and down.
    case gauge
    /// A distribution in buckets.
    case histogram
}

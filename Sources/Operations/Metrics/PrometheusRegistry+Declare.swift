public import CoreMetrics
import NIOConcurrencyHelpers

/// Declarations of the program's own metrics. A name is declared once with one kind and one help text; a second call with other labels
/// adds a series, with the same labels it gives the same series.
extension PrometheusRegistry {
    /// Declares a counter; the name ends in `_total`.
    public func counter(_ name: String, help: String, labels: [(String, String)] = []) -> Counter {
        precondition(MetricName.isValid(name) && name.hasSuffix("_total"), "'\(name)' is no counter's name: it must end in _total")
        declare(name, .counter, help)
        return Counter(label: name, dimensions: labels, factory: self)
    }

    /// Declares a gauge. `record` sets it.
    public func gauge(_ name: String, help: String, labels: [(String, String)] = []) -> Gauge {
        declare(name, .gauge, help)
        return Gauge(label: name, dimensions: labels, factory: self)
    }

    /// Declares a histogram of plain values, for example bytes.
    /// - Parameter bounds: the buckets' inclusive upper bounds, ascending and finite.
    public func histogram(_ name: String, help: String, bounds: [Double], labels: [(String, String)] = []) -> Recorder {
        declare(name, .histogram, help, bounds: bounds)
        return Recorder(label: name, dimensions: labels, aggregate: true, factory: self)
    }

    /// Declares a histogram of durations; the name ends in `_seconds`.
    /// - Parameter bounds: the buckets' inclusive upper bounds in seconds, ascending and finite.
    public func timer(
        _ name: String, help: String, bounds: [Double] = PrometheusRegistry.defaultBounds, labels: [(String, String)] = []
    ) -> Timer {
        precondition(name.hasSuffix("_seconds"), "'\(name)' is no timer's name: it must end in _seconds")
        declare(name, .histogram, help, bounds: bounds)
        return Timer(label: name, dimensions: labels, factory: self)
    }

    private func declare(_ name: String, _ kind: MetricKind, _ help: String, bounds: [Double] = []) {
        precondition(MetricName.isValid(name), "'\(name)' is no metric's name")
        precondition(!help.isEmpty, "'\(name)' needs a help text")
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy(<) && bounds.allSatisfy(\.isFinite), "'\(name)' needs ascending bounds")
        state.withLockedValue { state in
            if let family = state.families[name] {
                precondition(
                    family.kind == kind && family.help == help && family.bounds == bounds, "'\(name)' is declared twice, differently")
            } else {
                state.families[name] = MetricFamily(name: name, kind: kind, help: help, bounds: bounds)
            }
        }
    }
}

extension PrometheusRegistry {
    /// Adds `process_cpu_seconds_total`, `process_resident_memory_bytes`, `process_open_fds`, `process_start_time_seconds` and their like.
    public func collectProcess() {
        collect { ProcessMetrics.samples() }
    }
}

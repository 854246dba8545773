import CoreMetrics
public import Logging
import NIOConcurrencyHelpers

/// Keeps the process's metrics and prints them for Prometheus.
///
/// It is a swift-metrics factory, so that libraries' metrics arrive here too once `MetricsSystem.bootstrap` has it; the program's own
/// are declared with `counter`, `gauge`, `histogram` and `timer`, which take the help text, and increment without a look-up or a
/// lock. Values that live elsewhere are read at each scrape with `collect`.
///
/// The number of series is bounded: past `limitSeries`, new ones are dropped, counted in `shoal_metrics_dropped_series_total`, and the
/// first drop of each metric is logged.
public final class PrometheusRegistry: Sendable {
    struct State {
        var families: [String: MetricFamily] = [:]
        var seriesCount = 0
        var warned: Set<String> = []
        var collectors: [@Sendable () async -> [MetricSample]] = []
    }

    /// The bounds used where none are given, in seconds: from a loopback round trip to a slow registry.
    public static let defaultBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    /// The most series that are kept.
    public let limitSeries: Int
    let logger: Logger
    let state = NIOLockedValueBox(State())
    let droppedSeries = CounterSeries()

    /// Makes an empty registry.
    public init(limitSeries: Int = 4096, logger: Logger) {
        self.limitSeries = limitSeries
        self.logger = logger
    }

    /// Adds values that are read when Prometheus scrapes. Collectors run one after another, in the order they were added.
    public func collect(_ read: @escaping @Sendable () async -> [MetricSample]) {
        state.withLockedValue { $0.collectors.append(read) }
    }

    /// All metrics in the text exposition format 0.0.4, sorted by name.
    public func scrape() async -> String {
        let collectors = state.withLockedValue { $0.collectors }
        var samples: [MetricSample] = []
        for collector in collectors { samples += await collector() }
        var blocks: [String: String] = [:]
        for family in state.withLockedValue({ Array($0.families.values) }) where !family.series.isEmpty {
            family.write(to: &blocks[family.name, default: ""])
        }
        for (name, group) in Dictionary(grouping: samples, by: \.name) where blocks[name] == nil {
            blocks[name] = Self.block(name: name, samples: group)
        }
        var dropped = ""
        MetricFamily.writeHeader(
            name: "shoal_metrics_dropped_series_total", kind: .counter, help: "Series not kept: too many, or a name of two kinds.",
            to: &dropped)
        droppedSeries.write(name: "shoal_metrics_dropped_series_total", labels: MetricLabels([]), to: &dropped)
        blocks["shoal_metrics_dropped_series_total"] = dropped
        return blocks.sorted { $0.key < $1.key }.map(\.value).joined()
    }

    private static func block(name: String, samples: [MetricSample]) -> String {
        var text = ""
        MetricFamily.writeHeader(name: name, kind: samples[0].kind, help: samples[0].help, to: &text)
        var seen: Set<MetricLabels> = []
        for sample in samples.sorted(by: { $0.labels < $1.labels }) where seen.insert(sample.labels).inserted {
            text += "\(name)\(sample.labels.braced()) \(MetricText.number(sample.value))\n"
        }
        return text
    }

    /// Finds or makes a series.
    /// - Returns: `nil` if there are too many series, or the name is already another kind of metric.
    func series<Series: MetricSeries>(
        name: String, kind: MetricKind, bounds: [Double] = [], labels: [(String, String)], make: ([Double]) -> Series
    ) -> Series? {
        let key = MetricLabels(labels)
        let (series, refusal) = state.withLockedValue { state -> (Series?, Refusal?) in
            var family = state.families[name] ?? MetricFamily(name: name, kind: kind, help: "", bounds: bounds)
            if let existing = family.series[key] as? Series, family.kind == kind { return (existing, nil) }
            guard family.kind == kind, family.series[key] == nil else {
                return (nil, Refusal(isFirst: state.warned.insert(name).inserted, reason: "the name is taken by another kind of metric"))
            }
            guard state.seriesCount < limitSeries else {
                return (nil, Refusal(isFirst: state.warned.insert(name).inserted, reason: "there are \(limitSeries) series already"))
            }
            let series = make(family.bounds)
            family.series[key] = series
            state.families[name] = family
            state.seriesCount += 1
            return (series, nil)
        }
        if let refusal {
            droppedSeries.increment(by: 1)
            // Logged outside the lock: a log backend may have metrics of its own.
            if refusal.isFirst { logger.warning("metric series dropped", metadata: ["metric": "\(name)", "reason": "\(refusal.reason)"]) }
        }
        return series
    }

    private struct Refusal {
        let isFirst: Bool
        let reason: String
    }
}

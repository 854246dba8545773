public import CoreMetrics
import NIOConcurrencyHelpers

/// What swift-metrics asks of a backend. Names that libraries choose are made to fit Prometheus's grammar, and get the ending of
/// their kind.
extension PrometheusRegistry: MetricsFactory {
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(name: MetricName.of(label, ending: "_total"), kind: .counter, labels: dimensions) { _ in CounterSeries() }
            ?? NOOPMetricsHandler.instance
    }

    public func makeFloatingPointCounter(label: String, dimensions: [(String, String)]) -> any FloatingPointCounterHandler {
        series(name: MetricName.of(label, ending: "_total"), kind: .counter, labels: dimensions) { _ in FloatingCounterSeries() }
            ?? NOOPMetricsHandler.instance
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(name: MetricName.of(label, ending: ""), kind: .gauge, labels: dimensions) { _ in GaugeSeries() }
            ?? NOOPMetricsHandler.instance
    }

    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        let name = MetricName.of(label, ending: "")
        guard aggregate else {
            return series(name: name, kind: .gauge, labels: dimensions) { _ in GaugeSeries() } ?? NOOPMetricsHandler.instance
        }
        return series(name: name, kind: .histogram, bounds: Self.defaultBounds, labels: dimensions) { HistogramSeries(bounds: $0) }
            ?? NOOPMetricsHandler.instance
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        let name = MetricName.of(label, ending: "_seconds")
        return series(name: name, kind: .histogram, bounds: Self.defaultBounds, labels: dimensions) { HistogramSeries(bounds: $0) }
            ?? NOOPMetricsHandler.instance
    }

    public func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }
    public func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
    public func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
    public func destroyTimer(_ handler: any TimerHandler) { remove(handler) }

    /// Forgets a series that its owner is done with. Rare, so a search is good enough.
    private func remove(_ handler: AnyObject) {
        state.withLockedValue { state in
            for (name, family) in state.families {
                guard let labels = family.series.first(where: { $0.value === handler })?.key else { continue }
                state.families[name]?.series[labels] = nil
                state.seriesCount -= 1
                return
            }
        }
    }
}

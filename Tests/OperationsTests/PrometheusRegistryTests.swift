import CoreMetrics
import Logging
import NIOConcurrencyHelpers
import Testing

@testable import Operations

@Suite struct PrometheusRegistryTests {
    private let warnings = NIOLockedValueBox<[String]>([])

    private func registry(limitSeries: Int = 100) -> PrometheusRegistry {
        let warnings = warnings
        let logger = Logger(label: "test") { _ in LineLogHandler { line in warnings.withLockedValue { $0.append(line) } } }
        return PrometheusRegistry(limitSeries: limitSeries, logger: logger)
    }

    @Test func theTextIsExact() async {
        let metrics = registry()
        metrics.counter("shoal_peer_sent_bytes_total", help: "Bytes sent.", labels: [("zone", "b"), ("peer", "x")]).increment(
            by: 3_000_000_000)
        metrics.counter("shoal_peer_sent_bytes_total", help: "Bytes sent.", labels: [("peer", "q\"\\\n"), ("zone", "a")]).increment()
        metrics.gauge("shoal_load", help: "Load \\ of\nall.").record(0.25)
        let timer = metrics.timer("shoal_wait_seconds", help: "Waiting.", bounds: [0.5, 1], labels: [("socket", "mirror")])
        timer.recordMilliseconds(500)
        timer.recordMilliseconds(750)
        timer.recordSeconds(2)
        metrics.histogram("shoal_size_bytes", help: "Sizes.", bounds: [10, 100]).record(64)
        metrics.collect {
            [.gauge("shoal_blobs_held", help: "Blobs.", 7), .counter("shoal_joins_total", help: "Joins.", labels: [("zone", "a")], 1)]
        }
        #expect(
            await metrics.scrape() == #"""
                # HELP shoal_blobs_held Blobs.
                # TYPE shoal_blobs_held gauge
                shoal_blobs_held 7
                # HELP shoal_joins_total Joins.
                # TYPE shoal_joins_total counter
                shoal_joins_total{zone="a"} 1
                # HELP shoal_load Load \\ of\nall.
                # TYPE shoal_load gauge
                shoal_load 0.25
                # HELP shoal_metrics_dropped_series_total Series not kept: too many, or a name of two kinds.
                # TYPE shoal_metrics_dropped_series_total counter
                shoal_metrics_dropped_series_total 0
                # HELP shoal_peer_sent_bytes_total Bytes sent.
                # TYPE shoal_peer_sent_bytes_total counter
                shoal_peer_sent_bytes_total{peer="q\"\\\n",zone="a"} 1
                shoal_peer_sent_bytes_total{peer="x",zone="b"} 3000000000
                # HELP shoal_size_bytes Sizes.
                # TYPE shoal_size_bytes histogram
                shoal_size_bytes_bucket{le="10"} 0
                shoal_size_bytes_bucket{le="100"} 1
                shoal_size_bytes_bucket{le="+Inf"} 1
                shoal_size_bytes_sum 64
                shoal_size_bytes_count 1
                # HELP shoal_wait_seconds Waiting.
                # TYPE shoal_wait_seconds histogram
                shoal_wait_seconds_bucket{socket="mirror",le="0.5"} 1
                shoal_wait_seconds_bucket{socket="mirror",le="1"} 2
                shoal_wait_seconds_bucket{socket="mirror",le="+Inf"} 3
                shoal_wait_seconds_sum{socket="mirror"} 3.25
                shoal_wait_seconds_count{socket="mirror"} 3

                """#)
    }

    @Test func aDeclaredCounterIsShownBeforeItCounts() async {
        let metrics = registry()
        _ = metrics.counter("shoal_rejected_bytes_total", help: "Rejected.")
        #expect(await metrics.scrape().contains("\nshoal_rejected_bytes_total 0\n"))
    }

    @Test func everyLineFitsTheGrammar() async throws {
        let metrics = registry()
        metrics.collectProcess()
        // As libraries name theirs.
        Counter(label: "http.requests", dimensions: [("http.route", "/v2/{name}"), ("9", "x")], factory: metrics).increment()
        CoreMetrics.Timer(label: "http.server.request.duration", factory: metrics).recordNanoseconds(5)
        Meter(label: "active.requests", factory: metrics).increment(by: 2)
        Recorder(label: "sizes", factory: metrics).record(Double.infinity)
        let name = "[a-zA-Z_:][a-zA-Z0-9_:]*"
        let label = #"[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*""#
        let number = #"([-+]?[0-9.]+(e[-+]?[0-9]+)?|[-+]Inf|NaN)"#
        let grammar = try Regex(
            "(# HELP \(name) [^\\n]*)|(# TYPE \(name) (counter|gauge|histogram))|(\(name)(\\{\(label)(,\(label))*\\})? \(number))")
        let text = await metrics.scrape()
        #expect(text.hasSuffix("\n"))
        for line in text.split(separator: "\n") {
            #expect(line.wholeMatch(of: grammar) != nil, "\(line)")
        }
        #expect(text.contains("http_requests_total{_9=\"x\",http_route=\"/v2/{name}\"} 1"))
        #expect(text.contains("http_server_request_duration_seconds_count 1"))
        #expect(text.contains("active_requests 2"))
        for own in ["process_resident_memory_bytes", "process_cpu_seconds_total", "process_open_fds", "process_start_time_seconds"] {
            let line = text.split(separator: "\n").first { $0.hasPrefix("\(own) ") }
            let value = try #require(line?.split(separator: " ").last.flatMap { Double($0) })
            #expect(value >= 0)
        }
    }

    @Test func seriesAreBoundedAndTheLogSaysSoOnce() async {
        let metrics = registry(limitSeries: 2)
        for peer in 0..<5 { Counter(label: "c", dimensions: [("peer", "\(peer)")], factory: metrics).increment() }
        let text = await metrics.scrape()
        #expect(text.contains("c_total{peer=\"1\"} 1"))
        #expect(!text.contains("peer=\"2\""))
        #expect(text.contains("shoal_metrics_dropped_series_total 3"))
        #expect(warnings.withLockedValue { $0.count } == 1)
        #expect(warnings.withLockedValue { $0[0] }.contains("metric=c_total"))
    }

    @Test func aNameOfTwoKindsIsDroppedNotMixed() async {
        let metrics = registry()
        Gauge(label: "same_total", factory: metrics).record(1)
        Counter(label: "same_total", factory: metrics).increment()
        #expect(await metrics.scrape().contains("# TYPE same_total gauge\nsame_total 1\n"))
        #expect(warnings.withLockedValue { $0.count } == 1)
    }

    @Test func destroyedSeriesMakeRoom() async {
        let metrics = registry(limitSeries: 1)
        Counter(label: "a", factory: metrics).destroy()
        Counter(label: "b", factory: metrics).increment()
        let text = await metrics.scrape()
        #expect(text.contains("b_total 1"))
        #expect(!text.contains("a_total"))
    }

    @Test func countingFromManyTasksLosesNothing() async {
        let metrics = registry()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let counter = metrics.counter("n_total", help: "N.")
                    let meter = Meter(label: "m", factory: metrics)
                    let timer = metrics.timer("t_seconds", help: "T.", bounds: [1])
                    for _ in 0..<1000 {
                        counter.increment()
                        meter.increment(by: 0.5)
                        timer.recordSeconds(1)
                    }
                }
            }
            group.addTask { for _ in 0..<20 { _ = await metrics.scrape() } }
        }
        let text = await metrics.scrape()
        #expect(text.contains("\nn_total 8000\n"))
        #expect(text.contains("\nm 4000\n"))
        #expect(text.contains("t_seconds_bucket{le=\"1\"} 8000\n"))
        #expect(text.contains("t_seconds_sum 8000\n"))
    }
}

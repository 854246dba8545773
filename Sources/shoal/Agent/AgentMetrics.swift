import BlobStore
import CoreMetrics
import Logging
import Metrics
import Operations
import PeerNetwork
import Registry
import UVLoop

/// Everything an agent counts, under the names that dashboards rely on.
struct AgentMetrics: AgentObserver, MirrorObserver {
    let registry: PrometheusRegistry
    private let originReceived: Counter
    private let peerReceived: Counter
    private let peerSent: Counter
    private let mirrorSent: Counter
    private let rejected: Counter
    private let duplicate: Counter
    private let evictedBlobs: Counter
    private let evictedBytes: Counter
    private let refused: Counter
    private let passed: Counter
    private let firstByte: Timer

    init(logger: Logger) {
        let registry = PrometheusRegistry(logger: logger)
        self.registry = registry
        originReceived = registry.counter("shoal_origin_received_bytes_total", help: "Bytes of blobs and manifests received from origins.")
        peerReceived = registry.counter("shoal_peer_received_bytes_total", help: "Piece bytes received from other agents.")
        peerSent = registry.counter("shoal_peer_sent_bytes_total", help: "Piece bytes sent to other agents.")
        mirrorSent = registry.counter("shoal_mirror_sent_bytes_total", help: "Body bytes sent to clients of the mirror.")
        rejected = registry.counter("shoal_rejected_bytes_total", help: "Bytes received that did not verify.")
        duplicate = registry.counter("shoal_duplicate_bytes_total", help: "Piece bytes received that were had already or not asked for.")
        evictedBlobs = registry.counter("shoal_store_evicted_blobs_total", help: "Blobs removed from the store to make room.")
        evictedBytes = registry.counter("shoal_store_evicted_bytes_total", help: "Bytes of blobs removed from the store to make room.")
        refused = registry.counter("shoal_store_refused_total", help: "Blobs not kept because quota or disk had no room for them.")
        passed = registry.counter("shoal_store_bypassed_bytes_total", help: "Bytes given to clients straight from the origin, not kept.")
        firstByte = registry.timer(
            "shoal_mirror_first_byte_seconds", help: "From a request's head to the first byte of its body, seconds.")
        registry.collectProcess()
    }

    /// Adds the gauges that are read when somebody scrapes.
    func collect(swarm: SwarmAgent, store: BlobStore) {
        registry.collect {
            var samples: [MetricSample] = [
                .gauge("shoal_blobs_held", help: "Whole blobs in the store.", Double(store.heldCount)),
                .gauge("shoal_store_bytes", help: "Bytes of whole blobs in the store.", Double(store.heldBytes)),
                .gauge("shoal_store_partial_bytes", help: "Bytes that unfinished blobs will have.", Double(store.partialBytes)),
                .gauge("shoal_transfers_active", help: "Blobs being downloaded.", Double(await swarm.activeTransfers)),
                .gauge("shoal_tracker_connected", help: "1 while a tracker is connected.", await swarm.isTrackerConnected ? 1 : 0),
            ]
            if let quota = store.quotaBytes {
                samples.append(.gauge("shoal_store_quota_bytes", help: "Bytes that blobs may take; absent without a quota.", Double(quota)))
            }
            if let free = try? await swarm.loop.work({ try store.freeBytes() }) {
                samples.append(.gauge("shoal_store_free_bytes", help: "Bytes free on the data directory's disk.", Double(free)))
            }
            return samples
        }
    }

    /// Adds what the origin client knows of registries' servers.
    func collect(origin: OriginClient) {
        registry.collect {
            var samples: [MetricSample] = [
                .counter(
                    "shoal_origin_retries_total", help: "Requests to registries that were made once more.", Double(await origin.retries()))
            ]
            for server in await origin.servers() {
                let labels = [("server", server.name)]
                samples += [
                    .gauge(
                        "shoal_origin_server_trusted", help: "0 while a registry's server fails and is left alone.", labels: labels,
                        server.isTrusted ? 1 : 0),
                    .gauge(
                        "shoal_origin_pause_seconds", help: "How long a registry's server still asks to be left alone.", labels: labels,
                        server.pause / .seconds(1)),
                ]
                guard let limit = server.rateLimit else { continue }
                samples.append(
                    .gauge(
                        "shoal_origin_ratelimit_remaining", help: "Requests that a registry's server says are left.", labels: labels,
                        Double(limit.remaining)))
                guard let all = limit.limit else { continue }
                samples.append(
                    .gauge(
                        "shoal_origin_ratelimit_limit", help: "Requests that a registry's server allows in a window.", labels: labels,
                        Double(all)))
            }
            return samples
        }
    }

    func originReceived(bytes: Int) { originReceived.increment(by: bytes) }
    func peerReceived(bytes: Int) { peerReceived.increment(by: bytes) }
    func peerSent(bytes: Int) { peerSent.increment(by: bytes) }
    func rejected(bytes: Int) { rejected.increment(by: bytes) }
    func duplicated(bytes: Int) { duplicate.increment(by: bytes) }
    func evicted(blobs: Int, bytes: UInt64) {
        evictedBlobs.increment(by: blobs)
        evictedBytes.increment(by: Int(clamping: bytes))
    }
    func storeRefused() { refused.increment() }
    func passedThrough(bytes: Int) { passed.increment(by: bytes) }
    func sent(bytes: Int) { mirrorSent.increment(by: bytes) }
    func firstByte(after latency: Duration) { firstByte.record(duration: latency) }
    func answered(status: Int) {}
}

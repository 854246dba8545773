import BlobStore
import CoreMetrics
import Logging
import Metrics
import Operations
import PeerNetwork
import Registry

/// Everything an agent counts, under the names that dashboards rely on.
struct AgentMetrics: AgentObserver, MirrorObserver {
    let registry: PrometheusRegistry
    private let originReceived: Counter
    private let peerReceived: Counter
    private let peerSent: Counter
    private let mirrorSent: Counter
    private let rejected: Counter
    private let duplicate: Counter
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
        firstByte = registry.timer(
            "shoal_mirror_first_byte_seconds", help: "From a request's head to the first byte of its body, seconds.")
        registry.collectProcess()
    }

    /// Adds the gauges that are read when somebody scrapes.
    func collect(swarm: SwarmAgent, store: BlobStore) {
        registry.collect {
            [
                .gauge("shoal_blobs_held", help: "Whole blobs in the store.", Double(store.heldCount)),
                .gauge("shoal_store_bytes", help: "Bytes of whole blobs in the store.", Double(store.heldBytes)),
                .gauge("shoal_transfers_active", help: "Blobs being downloaded.", Double(await swarm.activeTransfers)),
                .gauge("shoal_tracker_connected", help: "1 while a tracker is connected.", await swarm.isTrackerConnected ? 1 : 0),
            ]
        }
    }

    func originReceived(bytes: Int) { originReceived.increment(by: bytes) }
    func peerReceived(bytes: Int) { peerReceived.increment(by: bytes) }
    func peerSent(bytes: Int) { peerSent.increment(by: bytes) }
    func rejected(bytes: Int) { rejected.increment(by: bytes) }
    func duplicated(bytes: Int) { duplicate.increment(by: bytes) }
    func sent(bytes: Int) { mirrorSent.increment(by: bytes) }
    func firstByte(after latency: Duration) { firstByte.record(duration: latency) }
    func answered(status: Int) {}
}

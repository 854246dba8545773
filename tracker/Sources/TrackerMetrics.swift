import Operations
import Swarm

/// What a tracker counts, under the names that dashboards rely on.
enum TrackerMetrics {
    static func collect(from server: TrackerServer, into registry: PrometheusRegistry) {
        registry.collectProcess()
        registry.collect {
            await server.overview { index in
                [
                    .gauge("shoal_tracker_nodes", help: "Agents connected.", Double(index.nodeCount)),
                    .gauge("shoal_tracker_swarms", help: "Blobs that at least one agent holds or wants.", Double(index.swarmCount)),
                    .gauge(
                        "shoal_tracker_members", help: "Pairs of a blob and an agent that holds or wants it.", Double(index.memberCount)),
                    .gauge("shoal_tracker_leases_active", help: "Blobs being fetched from an origin.", Double(index.leaseCount)),
                    .gauge("shoal_tracker_tags", help: "Tags whose meaning is known or being asked for.", Double(index.tagCount)),
                    .counter("shoal_tracker_joins_total", help: "Requests for peers of a blob.", Double(index.joinCount)),
                ]
            }
        }
    }
}

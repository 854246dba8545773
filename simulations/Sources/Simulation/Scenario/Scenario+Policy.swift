import Swarm
import Yams

/// The knobs of the agents' and the tracker's policy, by the names that a scenario has for them.
extension Scenario {
    mutating func readPolicy(_ node: Node, _ file: String) throws(ScenarioError) {
        let fields = try ScenarioFields(
            node, name: "policy", file: file, keys: Self.counts.map(\.key) + Self.sizes.map(\.key) + Self.durations.map(\.key))
        for (key, path, least) in Self.counts { if let value = try fields.count(key, least...1000) { self[keyPath: path] = value } }
        for (key, path) in Self.sizes { if let value = try fields.size(key, least: 1) { self[keyPath: path] = value } }
        for (key, path) in Self.durations { if let value = try fields.duration(key) { self[keyPath: path] = value } }
    }

    /// With fewer than `least` nothing would ever be sent.
    private static var counts: [(key: String, path: WritableKeyPath<Scenario, Int>, least: Int)] {
        [
            ("neighbours", \.agent.transfer.neighbours, 1), ("told-first", \.agent.transfer.toldFirst, 0),
            ("fewest-seeded", \.agent.transfer.fewestSeeded, 1), ("long-queue-pieces", \.agent.transfer.longQueuePieces, 1),
            ("upload-ahead-pieces", \.agent.uploadAheadPieces, 1), ("upload-ahead-long-pieces", \.agent.uploadAheadLongPieces, 1),
            ("frames-per-connection", \.agent.framesPerConnection, 1),
            ("gateways-per-zone", \.tracker.settings.gatewaysPerZone, 1), ("gateway-factor", \.tracker.settings.gatewayFactor, 1),
        ]
    }

    private static var sizes: [(key: String, path: WritableKeyPath<Scenario, Int>)] {
        [
            ("promised", \.agent.transfer.promisedBytes), ("request-depth", \.agent.transfer.requestDepthBytes),
            ("in-flight", \.agent.inFlightLimitBytes),
            ("queued-in-flight", \.agent.queuedInFlightBytes),
            ("upload-ahead", \.agent.uploadAheadBytes), ("per-connection", \.agent.bytesPerConnection),
            ("shortest-queue", \.agent.shortestQueueBytes),
            ("frame", \.agent.frameBytes),
        ]
    }

    private static var durations: [(key: String, path: WritableKeyPath<Scenario, Duration>)] {
        [
            ("request-ahead", \.agent.transfer.requestAhead), ("rest-interval", \.agent.transfer.restInterval),
            ("upload-queue", \.agent.uploadQueue),
            ("in-flight-time", \.agent.inFlightTime), ("gateway-trial", \.tracker.settings.gatewayTrial),
        ]
    }
}

import Swarm
import Yams

/// The policy's knobs, by the names that a scenario has for them.
extension Scenario {
    static func readPolicy(_ node: Node, _ file: String, into agent: inout NodeSettings) throws(ScenarioError) {
        let fields = try ScenarioFields(
            node, name: "policy", file: file, keys: counts.map(\.key) + sizes.map(\.key) + durations.map(\.key))
        for (key, path, least) in counts { if let value = try fields.count(key, least...1000) { agent[keyPath: path] = value } }
        for (key, path) in sizes { if let value = try fields.size(key, least: 1) { agent[keyPath: path] = value } }
        for (key, path) in durations { if let value = try fields.duration(key) { agent[keyPath: path] = value } }
    }

    /// With fewer than `least` nothing would ever be sent.
    private static var counts: [(key: String, path: WritableKeyPath<NodeSettings, Int>, least: Int)] {
        [
            ("neighbours", \.transfer.neighbours, 1), ("told-first", \.transfer.toldFirst, 0),
            ("fewest-seeded", \.transfer.fewestSeeded, 1), ("long-queue-pieces", \.transfer.longQueuePieces, 1),
            ("upload-ahead-pieces", \.uploadAheadPieces, 1), ("upload-ahead-long-pieces", \.uploadAheadLongPieces, 1),
            ("frames-per-connection", \.framesPerConnection, 1),
        ]
    }

    private static var sizes: [(key: String, path: WritableKeyPath<NodeSettings, Int>)] {
        [
            ("promised", \.transfer.promisedBytes), ("request-depth", \.transfer.requestDepthBytes), ("in-flight", \.inFlightLimitBytes),
            ("queued-in-flight", \.queuedInFlightBytes),
            ("upload-ahead", \.uploadAheadBytes), ("per-connection", \.bytesPerConnection), ("shortest-queue", \.shortestQueueBytes),
            ("frame", \.frameBytes),
        ]
    }

    private static var durations: [(key: String, path: WritableKeyPath<NodeSettings, Duration>)] {
        [
            ("request-ahead", \.transfer.requestAhead), ("rest-interval", \.transfer.restInterval), ("upload-queue", \.uploadQueue),
            ("in-flight-time", \.inFlightTime),
        ]
    }
}

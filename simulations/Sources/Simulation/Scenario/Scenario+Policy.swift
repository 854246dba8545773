import Swarm
import Yams

/// The policy's knobs, by the names that a scenario has for them.
extension Scenario {
    static func readPolicy(_ node: Node, _ file: String, into agent: inout NodeSettings) throws(ScenarioError) {
        let fields = try ScenarioFields(
            node, name: "policy", file: file, keys: counts.map(\.key) + sizes.map(\.key) + durations.map(\.key))
        for (key, path) in counts { if let value = try fields.count(key, 0...1_000_000) { agent[keyPath: path] = value } }
        for (key, path) in sizes { if let value = try fields.size(key) { agent[keyPath: path] = value } }
        for (key, path) in durations { if let value = try fields.duration(key) { agent[keyPath: path] = value } }
    }

    private static var counts: [(key: String, path: WritableKeyPath<NodeSettings, Int>)] {
        [
            ("neighbours", \.transfer.neighbours), ("told-first", \.transfer.toldFirst), ("fewest-seeded", \.transfer.fewestSeeded),
            ("long-queue-pieces", \.transfer.longQueuePieces), ("upload-ahead-pieces", \.uploadAheadPieces),
            ("upload-ahead-long-pieces", \.uploadAheadLongPieces),
            ("frames-per-connection", \.framesPerConnection),
        ]
    }

    private static var sizes: [(key: String, path: WritableKeyPath<NodeSettings, Int>)] {
        [
            ("promised", \.transfer.promisedBytes), ("request-depth", \.transfer.requestDepthBytes), ("in-flight", \.inFlightLimitBytes),
            ("upload-ahead", \.uploadAheadBytes), ("per-connection", \.bytesPerConnection), ("shortest-queue", \.shortestQueueBytes),
        ]
    }

    private static var durations: [(key: String, path: WritableKeyPath<NodeSettings, Duration>)] {
        [
            ("request-ahead", \.transfer.requestAhead), ("rest-interval", \.transfer.restInterval), ("upload-queue", \.uploadQueue),
            ("in-flight-time", \.inFlightTime),
        ]
    }
}

import Swarm

/// What came of a run. Times are seconds from when each honest node wanted the image; bytes are those of the whole cluster.
public struct Outcome: Codable, Sendable {
    public let scenario: String
    public let description: String
    public let seed: UInt64
    public let nodes: Int
    /// What nodes lacked of what they wanted: all together, and each layer once.
    public let wantedBytes: UInt64
    public let distinctBytes: UInt64
    /// What nobody could beat if all joined at once; nil where no link is limited.
    public let boundSeconds: Double?
    /// How long the pulls took that came to an end, ascending.
    public let seconds: [Double]
    /// Pulls that did not, each with its reason.
    public let failures: [String]
    /// Pulls of nodes that died and did not come back.
    public let dead: Int
    public let virtualSeconds: Double
    public let originCopies: Double
    public let originRefusals: Int
    public let bytesFromOrigin: Int
    public let bytesFromPeers: Int
    public let crossZoneBytes: Int
    /// Came and was wanted no more.
    public let duplicateBytes: Int
    /// Came, and did not verify.
    public let rejectedBytes: Int
    public let controlBytes: Int
    /// Jain's index of what nodes sent: 1 if all sent the same, 1/N if one sent all.
    public let uploadFairness: Double
    public let events: Int
    /// Hash of all events in their order: the same scenario and seed give the same one on every machine.
    public let eventLog: String
    public let samples: [Sample]
    /// Not in the JSON: it is for the picture.
    public internal(set) var fill = Fill(nodes: [], shares: [])

    private enum CodingKeys: CodingKey {
        case scenario, description, seed, nodes, wantedBytes, distinctBytes, boundSeconds, seconds, failures, dead, virtualSeconds
        case originCopies, originRefusals, bytesFromOrigin, bytesFromPeers, crossZoneBytes, duplicateBytes, rejectedBytes, controlBytes,
            uploadFairness, events, eventLog
        case samples
    }

    /// The time within which so many of the nodes that got the image had it; nil if none did. Nearest rank: an observed time.
    public func quantile(_ share: Double) -> Double? {
        guard !seconds.isEmpty else { return nil }
        return seconds[max(0, min(seconds.count - 1, Int((share * Double(seconds.count)).rounded(.up)) - 1))]
    }
}

extension World {
    /// What came of the run so far.
    public func outcome() -> Outcome {
        let honest = pulls.filter { nodes[$0.node].isHonest }
        let bound = Bounds.seconds(scenario)
        let times = honest.compactMap { pull in pull.wholeAt.flatMap { whole in pull.wantedAt.map { Double(whole - $0) / 1e9 } } }
        let unfinished = honest.filter { $0.wholeAt == nil }
        let failures = unfinished.filter { nodes[$0.node].isAlive }.map { pull in
            "node \(pull.node), \(scenario.images[pull.image].name): \(pull.failure ?? "not there after \(scenario.until)")"
        }
        let sent = nodes.indices.filter { nodes[$0].isHonest && nodes[$0].lackedBytes > 0 }.map { Double(nodes[$0].bytesSent) }
        let squares = sent.reduce(0) { $0 + $1 * $1 }
        look()
        let total = sampler.samples[sampler.samples.count - 1]
        return Outcome(
            scenario: scenario.name, description: scenario.description, seed: scenario.seed, nodes: nodes.count,
            wantedBytes: wantedBytes, distinctBytes: distinctBytes,
            boundSeconds: bound.isFinite && bound > 0 ? bound : nil, seconds: times.sorted(),
            failures: failures, dead: unfinished.count - failures.count,
            virtualSeconds: total.seconds, originCopies: Double(total.bytesFromOrigin) / Double(max(1, distinctBytes)),
            originRefusals: originRefusals, bytesFromOrigin: total.bytesFromOrigin, bytesFromPeers: total.bytesFromPeers,
            crossZoneBytes: crossZoneBytes, duplicateBytes: nodes.sum { $0.bytesWasted },
            rejectedBytes: nodes.sum { $0.bytesRejected }, controlBytes: nodes.sum { $0.controlBytes },
            uploadFairness: squares > 0 ? sent.reduce(0, +) * sent.reduce(0, +) / (Double(sent.count) * squares) : 1,
            events: eventCount, eventLog: String(log.hash, radix: 16), samples: sampler.samples, fill: sampler.fill)
    }
}

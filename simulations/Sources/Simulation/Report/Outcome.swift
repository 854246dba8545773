import Swarm

/// What came of a run. Times are seconds from when each honest node wanted the image; bytes are those of the whole cluster.
public struct Outcome: Encodable, Sendable {
    public let scenario: String
    public let description: String
    public let seed: UInt64
    public let nodes: Int
    public let imageBytes: UInt64
    /// What nobody could beat if all joined at once; nil where no link is limited.
    public let boundSeconds: Double?
    /// Completion times of those that got the image, ascending.
    public let seconds: [Double]
    /// Nodes that were to get the image and did not, each with its reason.
    public let failures: [String]
    /// Nodes that died and did not come back, before they had the image.
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
    public let fill: Fill

    private enum CodingKeys: CodingKey {
        case scenario, description, seed, nodes, imageBytes, boundSeconds, seconds, failures, dead, virtualSeconds
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
        let wanting = nodes.filter(\.isWaitedFor)
        let bound = Bounds.seconds(scenario)
        let times = wanting.compactMap { node in node.wholeAt.flatMap { whole in node.wantedAt.map { Double(whole - $0) / 1e9 } } }
        let failures = nodes.indices.compactMap { index -> String? in
            let node = nodes[index]
            guard node.isAlive, node.isWaitedFor, node.wholeAt == nil else { return nil }
            return "node \(index): \(node.failure ?? "not there after \(scenario.until)")"
        }
        let sent = wanting.map { Double($0.bytesSent) }
        let squares = sent.reduce(0) { $0 + $1 * $1 }
        look()
        let total = sampler.samples[sampler.samples.count - 1]
        return Outcome(
            scenario: scenario.name, description: scenario.description, seed: scenario.seed, nodes: nodes.count,
            imageBytes: scenario.imageBytes,
            boundSeconds: bound.isFinite && bound > 0 ? bound : nil, seconds: times.sorted(),
            failures: failures, dead: wanting.count { !$0.isAlive && $0.wholeAt == nil },
            virtualSeconds: total.seconds, originCopies: Double(total.bytesFromOrigin) / Double(max(1, scenario.imageBytes)),
            originRefusals: originRefusals, bytesFromOrigin: total.bytesFromOrigin, bytesFromPeers: total.bytesFromPeers,
            crossZoneBytes: crossZoneBytes, duplicateBytes: nodes.reduce(0) { $0 + $1.bytesWasted },
            rejectedBytes: nodes.reduce(0) { $0 + $1.bytesRejected }, controlBytes: nodes.reduce(0) { $0 + $1.controlBytes },
            uploadFairness: squares > 0 ? sent.reduce(0, +) * sent.reduce(0, +) / (Double(sent.count) * squares) : 1,
            events: eventCount, eventLog: String(log.hash, radix: 16), samples: sampler.samples, fill: sampler.fill)
    }
}

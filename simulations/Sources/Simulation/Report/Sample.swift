/// How far the cluster was at one moment.
public struct Sample: Codable, Sendable {
    public let seconds: Double
    /// Pulls that have come to a good end.
    public let pullsDone: Int
    public let bytesFromOrigin: Int
    public let bytesFromPeers: Int
}

/// What single nodes had of the image over time.
public struct Fill: Sendable {
    /// Which nodes: all that are waited for, or as many as make a picture.
    public let nodes: [Int]
    public internal(set) var seconds: [Double] = []
    /// By node and moment, percent.
    public internal(set) var shares: [[UInt8]]
}

/// Looks at the cluster now and then: often at first, and half as often whenever there are too many looks.
struct Sampler {
    private(set) var samples: [Sample] = []
    private(set) var fill: Fill
    private(set) var nextAt: Int64 = 0
    private var interval: Int64 = 50_000_000

    private static let sampleLimit = 400
    private static let nodeLimit = 64

    init(nodes: [Int]) {
        let count = min(nodes.count, Self.nodeLimit)
        let chosen = (0..<count).map { nodes[$0 * nodes.count / count] }
        fill = Fill(nodes: chosen, shares: Array(repeating: [], count: count))
    }

    mutating func note(_ sample: Sample, shares: [UInt8], now: Int64) {
        samples.append(sample)
        fill.seconds.append(sample.seconds)
        for index in shares.indices { fill.shares[index].append(shares[index]) }
        nextAt = now + interval
        guard samples.count >= Self.sampleLimit else { return }
        interval *= 2
        samples = Self.everySecond(samples)
        fill.seconds = Self.everySecond(fill.seconds)
        for index in fill.shares.indices { fill.shares[index] = Self.everySecond(fill.shares[index]) }
    }

    private static func everySecond<Item>(_ items: [Item]) -> [Item] { stride(from: 0, to: items.count, by: 2).map { items[$0] } }
}

extension World {
    func look() {
        let sample = Sample(
            seconds: Double(queue.now - Self.settling) / 1e9, pullsDone: pulls.count { $0.wholeAt != nil },
            bytesFromOrigin: nodes.sum { $0.bytesFromOrigin }, bytesFromPeers: nodes.sum { $0.bytesFromPeers })
        let shares = sampler.fill.nodes.map { index -> UInt8 in
            let come = nodes[index].bytesFromOrigin + nodes[index].bytesFromPeers
            return UInt8(min(100, Double(come) / Double(max(1, nodes[index].lackedBytes)) * 100))
        }
        sampler.note(sample, shares: shares, now: queue.now)
    }
}

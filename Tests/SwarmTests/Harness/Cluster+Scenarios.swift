import Swarm
import Testing

/// What most tests begin and end with.
extension Cluster {
    /// A cluster with a running tracker, one blob at the origin, and `count` nodes.
    static func cold(
        _ count: Int, zones: Int = 1, size: UInt64 = 3_000_000, seed: UInt64 = 1, origin: OriginModel = OriginModel(),
        hasTracker: Bool = true, algorithm: DigestAlgorithm = .sha256
    ) -> (Cluster, ToyContent) {
        let cluster = Cluster(seed: seed, hasTracker: hasTracker)
        if hasTracker { cluster.startTrackerTicks() }
        let blob = cluster.add(ToyContent(size: size, seed: seed, algorithm: algorithm), origin: origin)
        cluster.addNodes(count, zones: zones)
        return (cluster, blob)
    }

    /// All nodes, or some, want the blob at once, a little after their start.
    func wantEverywhere(_ blob: ToyContent, nodes some: [Int]? = nil) {
        for node in some ?? Array(nodes.indices) { want(blob, at: node, after: .milliseconds(10)) }
    }

    func originBytes(_ blob: ToyContent) -> UInt64 { UInt64(origins[blob.digest]?.bytes ?? 0) }

    /// Every living node, or each of some, has the blob, and nothing went wrong on the way.
    func expectComplete(
        _ blob: ToyContent, within bound: Duration = .seconds(60), nodes some: [Int]? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let isSettled = settle(blob, within: bound, nodes: some)
        let watched = (some ?? Array(nodes.indices)).map { nodes[$0] }.filter(\.isAlive)
        let without = watched.filter { $0.published[blob.digest] == nil }.map { node in
            "\(node.index): \(node.failed[blob.digest].map { "failed, \($0)" } ?? "hangs")"
        }
        #expect(isSettled && without.isEmpty, "\(without.prefix(5)) of \(watched.count)", sourceLocation: sourceLocation)
        #expect(problems.prefix(3).isEmpty, "\(problems.prefix(3))", sourceLocation: sourceLocation)
    }

    /// When the first piece was let out, and when the blob was whole, since the start, at every node.
    func times(_ blob: ToyContent) -> [(first: Instant, whole: Instant)] {
        nodes.compactMap { node in
            guard let first = node.firstReleaseAt[blob.digest], let whole = node.published[blob.digest] else { return nil }
            return (first, whole)
        }
    }

    /// The node that the tracker lets fetch the blob now.
    func leaseHolder(of blob: ToyContent) -> Int? {
        let holder = tracker?.swarmOverview(blob.digest)?.leaseHolder
        return nodes.firstIndex { $0.settings.node == holder }
    }
}

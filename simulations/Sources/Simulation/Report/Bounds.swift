import Swarm

/// What no distribution from one source can beat.
public enum Bounds {
    /// Seconds until the last of `peers` can have `size` bytes in `pieces` pieces, when the source and all peers send `upload` bytes a second:
    /// (M + floor(log2 N)) * (F/M)/u (Mundinger, Weber, Weiss, "Optimal scheduling of peer-to-peer file dissemination", J. Scheduling 2008).
    public static func equalLinks(size: UInt64, pieces: Int, peers: Int, upload: Double) -> Double {
        let rounds = Double(pieces + Int.bitWidth - 1 - max(1, peers).leadingZeroBitCount)
        return rounds * (Double(size) / Double(pieces)) / upload
    }

    /// Seconds until peers with these links can all have `size` bytes, as a fluid: max{F/u_seed, F/d_min, N*F/(u_seed + sum u_i)} (Kumar and Ross,
    /// "Peer-assisted file distribution: the minimum distribution time", 2006).
    ///
    /// - Parameters:
    ///   - source: what all who have it from the beginning send together, bytes a second; so `uploads` and `downloads` of those who want it.
    public static func unequalLinks(size: UInt64, source: Double, downloads: [Double], uploads: [Double]) -> Double {
        let bytes = Double(size)
        let all = source + uploads.reduce(0, +)
        return max(bytes / source, bytes / (downloads.min() ?? .infinity), Double(downloads.count) * bytes / all)
    }

    /// The bound for a scenario in which all join at once and nothing goes wrong: for others it is what they are measured by, and no more.
    public static func seconds(_ scenario: Scenario) -> Double {
        max(links(scenario), zones(scenario))
    }

    /// What nobody in a zone has comes over the zone's link.
    private static func zones(_ scenario: Scenario) -> Double {
        guard let from = scenario.origin.zone else { return 0 }
        let remote = Set(scenario.groups.map(\.zone)).filter { zone in
            zone != from && !scenario.groups.contains { $0.zone == zone && $0.holds }
        }
        let narrowest = remote.map { min(scenario.zones[$0]?.down ?? .infinity, scenario.zones[from]?.up ?? .infinity) }.min()
        return narrowest.map { Double(scenario.imageBytes) / $0 } ?? 0
    }

    private static func links(_ scenario: Scenario) -> Double {
        let wanting = scenario.groups.filter { !$0.holds }
        let rates = Set(wanting.flatMap { [$0.up, $0.down] } + [scenario.origin.rate])
        let peers = wanting.reduce(0) { $0 + $1.count }
        if rates.count == 1, let rate = rates.first, rate < .infinity, wanting.count == scenario.groups.count {
            let pieces = scenario.image.reduce(0) { $0 + (PieceLayout(blobSize: $1)?.pieceCount ?? 0) }
            return equalLinks(size: scenario.imageBytes, pieces: pieces, peers: peers, upload: rate)
        }
        let seeds = scenario.groups.filter(\.holds).reduce(0) { $0 + Double($1.count) * $1.up }
        return unequalLinks(
            size: scenario.imageBytes, source: scenario.origin.rate + seeds,
            downloads: wanting.flatMap { Array(repeating: $0.down, count: $0.count) },
            uploads: wanting.flatMap { Array(repeating: $0.up, count: $0.count) })
    }
}

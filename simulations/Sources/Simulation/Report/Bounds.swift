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

    /// The bound for a scenario in which all want the same at once and nothing goes wrong: for others it is what they are measured by, and no
    /// more. Infinite where nodes want different things.
    public static func seconds(_ scenario: Scenario) -> Double {
        guard let wanted = scenario.wantedByAll else { return .infinity }
        return max(links(scenario, wanted), zones(scenario, wanted))
    }

    private static func has(_ group: Scenario.Group, _ wanted: [Int], of scenario: Scenario) -> Bool {
        scenario.held(by: group).isSuperset(of: wanted)
    }

    /// What nobody in a zone has comes over the zone's link.
    private static func zones(_ scenario: Scenario, _ wanted: [Int]) -> Double {
        guard let from = scenario.origin.zone else { return 0 }
        let remote = Set(scenario.groups.map(\.zone)).filter { zone in
            zone != from && !scenario.groups.contains { $0.zone == zone && has($0, wanted, of: scenario) }
        }
        let narrowest = remote.map { min(scenario.zones[$0]?.down ?? .infinity, scenario.zones[from]?.up ?? .infinity) }.min()
        return narrowest.map { Double(scenario.bytes(of: wanted)) / $0 } ?? 0
    }

    private static func links(_ scenario: Scenario, _ wanted: [Int]) -> Double {
        let wanting = scenario.groups.filter { !$0.pulls.isEmpty && !has($0, wanted, of: scenario) }
        let seeds = scenario.groups.filter { has($0, wanted, of: scenario) }
        let rates = Set(wanting.flatMap { [$0.up, $0.down] } + [scenario.origin.rate])
        let peers = wanting.reduce(0) { $0 + $1.count }
        if rates.count == 1, let rate = rates.first, rate < .infinity, seeds.isEmpty {
            let pieces = wanted.reduce(0) { $0 + (PieceLayout(blobSize: scenario.layers[$1])?.pieceCount ?? 0) }
            return equalLinks(size: scenario.bytes(of: wanted), pieces: pieces, peers: peers, upload: rate)
        }
        return unequalLinks(
            size: scenario.bytes(of: wanted), source: scenario.origin.rate + seeds.reduce(0) { $0 + Double($1.count) * $1.up },
            downloads: wanting.flatMap { Array(repeating: $0.down, count: $0.count) },
            uploads: wanting.flatMap { Array(repeating: $0.up, count: $0.count) })
    }
}

import Swarm
import Testing

/// Whom the tracker names to whom.
@Suite struct HandoutTests {
    private let blob = ToyContent(size: 10 * 65_536, seed: 1)

    /// The nodes that a reply names.
    private func named(_ replies: [TrackerReply]) -> [NodeID] {
        replies.flatMap { reply -> [NodeID] in
            guard case .peers(_, _, let peers) = reply else { return [] }
            return peers.map(\.node)
        }
    }

    /// By chance alone the first of a crowd would be named to fifty others, and a quarter of all to two at most. Whoever fetches the blob for all
    /// is named whenever it comes up.
    @Test func aCrowdIsNamedEvenly() throws {
        let count = 400
        var bench = TrackerBench()
        var namings: [NodeID: Int] = [:]
        for node in 0..<count {
            let peers = named(try bench.join(node, blob))
            #expect(peers.count == min(node, 10) && Set(peers).count == peers.count)
            for peer in peers { namings[peer, default: 0] += 1 }
        }
        let holder = namings.removeValue(forKey: bench.record(0).node) ?? 0
        let counts = (1..<count).map { namings[bench.record($0).node] ?? 0 }
        let most = counts.max() ?? 0
        #expect(most <= 25 && holder >= 2 * most, "\(most) \(holder)")
        #expect(counts.count { $0 <= 2 } < count / 6)
    }

    /// Whoever comes late is told of those who have most of the blob as often as of those who came late themselves.
    @Test func whoHasMoreIsNotPassedOver() throws {
        let (old, late) = (50, 50)
        var bench = TrackerBench()
        for node in 0..<old {
            _ = try bench.join(node, blob)
            _ = try bench.say(node, .progress(digest: blob.digest, prefix: 1, pieces: 9))
        }
        for node in old..<old + late { _ = try bench.join(node, blob) }
        let early = Set((0..<old).map { bench.record($0).node })
        var (ofEarly, all) = (0, 0)
        for node in 0..<100 {
            let peers = named(try bench.join(old + late + node, blob))
            _ = try bench.say(old + late + node, .leave(blob.digest))
            ofEarly += peers.count(where: early.contains)
            all += peers.count
        }
        #expect(all == 1000 && ofEarly > 400, "\(ofEarly)")
    }
}

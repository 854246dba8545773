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

    /// - Returns: how often each of so many nodes that join one after the other is named to others.
    private func namings(_ count: Int, crowd: Int = TrackerSettings(cluster: "").crowd) throws -> [Int] {
        var bench = TrackerBench { $0.crowd = crowd }
        var namings: [NodeID: Int] = [:]
        for node in 0..<count {
            let peers = named(try bench.join(node, blob))
            #expect(peers.count == min(node, 10) && Set(peers).count == peers.count)
            for peer in peers { namings[peer, default: 0] += 1 }
        }
        return (0..<count).map { namings[bench.record($0).node] ?? 0 }
    }

    /// By chance alone the first of a crowd would be named to fifty others, and a quarter of all to two at most.
    @Test func aCrowdIsNamedEvenly() throws {
        let counts = try namings(400).dropFirst()
        #expect(counts.max() ?? 0 <= 25)
        #expect(counts.count { $0 <= 2 } < counts.count / 6)
    }

    /// A crowd waits for what one node fetches for all, the first: it is named to more of those who come late.
    @Test func theHolderIsNamedToMoreOfACrowd() throws {
        func isNamedMost(_ counts: [Int]) -> Bool { counts[0] > counts.dropFirst().max() ?? 0 }
        #expect(try !isNamedMost(namings(50)))
        #expect(try isNamedMost(namings(2000)))
        #expect(try !isNamedMost(namings(2000, crowd: .max)))
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

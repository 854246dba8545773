import Swarm
import Testing

/// How often members hear what the lease holder vouches for.
@Suite struct TrackerNewsTests {
    private let blob = ToyContent(size: 40 * 65_536, seed: 1)

    /// Node 0 holds the lease; a swarm of more than three is a large one, whose turns last 10 ms for each member.
    private func bench(members: Int) throws -> TrackerBench {
        var bench = TrackerBench {
            $0.largeSwarm = 3
            $0.turnPerMember = .milliseconds(10)
            $0.longestTurn = .milliseconds(45)
        }
        for node in 0..<members { _ = try bench.join(node, blob) }
        bench.tick(after: .seconds(1))
        bench.heard = [:]
        return bench
    }

    /// Which states node 1 was sent since the last time.
    private func news(_ bench: inout TrackerBench) -> [Range<Int>] {
        defer { bench.heard = [:] }
        return (bench.heard[1] ?? []).compactMap { reply in
            guard case .states(_, _, let first, let states) = reply else { return nil }
            return Int(first)..<Int(first) + states.count / blob.digest.algorithm.byteCount
        }
    }

    /// The holder vouches for one piece more each 10 ms.
    private func vouch(_ bench: inout TrackerBench, _ pieces: Range<Int>) throws {
        for piece in pieces {
            _ = try bench.vouch(0, blob, piece..<piece + 1)
            bench.now = bench.now + .milliseconds(10)
        }
    }

    @Test func aSmallSwarmIsToldEachTime() throws {
        var bench = try bench(members: 3)
        try vouch(&bench, 1..<5)
        #expect(news(&bench) == [1..<2, 2..<3, 3..<4, 4..<5])
    }

    @Test func aLargeOneIsToldInTurns() throws {
        var bench = try bench(members: 4)
        try vouch(&bench, 1..<12)
        #expect(news(&bench) == [1..<2, 2..<6, 6..<10])
        var larger = try self.bench(members: 40)
        try vouch(&larger, 1..<12)
        // Not four tenths of a second.
        #expect(news(&larger) == [1..<2, 2..<7, 7..<12])
    }

    @Test func theLastAreToldAtOnce() throws {
        var bench = try bench(members: 40)
        _ = try bench.vouch(0, blob, 1..<38)
        _ = try bench.vouch(0, blob, 38..<39)
        _ = try bench.vouch(0, blob, 39..<40)
        #expect(news(&bench) == [1..<38, 38..<40])
    }

    /// A holder that falls silent, or is gone, leaves nothing untold.
    @Test(arguments: [false, true]) func nothingStaysUntold(isGone: Bool) throws {
        var bench = try bench(members: 40)
        try vouch(&bench, 1..<4)
        #expect(news(&bench) == [1..<2])
        if isGone { bench.disconnect(0) } else { bench.tick(after: .milliseconds(500)) }
        #expect(news(&bench) == [2..<4])
        bench.tick(after: .milliseconds(500))
        #expect(news(&bench).isEmpty)
    }

    /// What was told already and turns out to be otherwise is told again with what was not.
    @Test func whatIsOtherwiseIsToldAgain() throws {
        var bench = try bench(members: 40)
        try vouch(&bench, 1..<4)
        _ = news(&bench)
        let other = ToyContent(size: 40 * 65_536, seed: 2).states.slice(1..<4)
        _ = try bench.say(0, .vouch(digest: blob.digest, size: blob.size, first: 1, states: other.bytes))
        bench.tick(after: .milliseconds(500))
        #expect(news(&bench) == [1..<4])
    }
}

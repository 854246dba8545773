import Testing

@testable import Simulation

/// The network against what others found for random choice among five random neighbours, with a source that nobody tells what to send.
@Suite struct RandomRegularTests {
    /// Kraken's authors let 1,000 peers fetch 10 GB in 2,500 pieces, ten of which a link carries in a round: with 250 rounds as full speed,
    /// half of the peers were done after 294 (85 %) and all after 298 (84 %). The same rounds come to that on this network, within 3 in
    /// 100.
    ///
    /// The number of peers hardly matters to the median, so it is what a quick test can have: 200 come to 84 %, from 83 to 87 over 15
    /// seeds; 1,000 to 85 %, from 83 to 88 over six. When the very last is done is a matter of the graph: 76 to 85 % with 200, 80 to 87 %
    /// with 1,000.
    ///
    /// A link has ten pieces in a round, so that on a network that shares fairly each of them has a tenth or more.
    @Test func inRoundsPeersAreAsFastAsKrakensAuthorsFound() {
        var swarm = ReferenceSwarm(peers: 200, pieces: 2500, neighbours: 5, transferLimit: 10, seed: 1)
        let (longestRound, finished) = swarm.runInRounds()
        #expect(abs(longestRound - 10) < 1e-6)
        #expect((0.82...0.88).contains(2500 / finished.sorted()[finished.count / 2]))
    }

    /// Without rounds a model of our own, synchronous and without a network, had 1.18 times the bound (85 % of its speed) for the last of
    /// 2,600 peers with 375 pieces, and 1.31 and 1.16 with three and ten neighbours. Event by event, one piece each way at a time, they
    /// come to 1.23, 1.30 and 1.18 on this network. As many peers as a quick test can have come to 1.18, from 1.16 to 1.20 over 15 seeds.
    ///
    /// With 2,500 pieces, as Kraken's authors had, 1,000 peers come to 1.08: nobody's link waits for a round to end.
    @Test(arguments: [1, 2]) func eventByEventTheyLoseWhatTheSourceSendsTwice(transferLimit: Int) throws {
        let (count, pieces) = (200, 400)
        let swarm = ReferenceSwarm(
            peers: count, pieces: pieces, neighbours: 5, transferLimit: transferLimit, seed: 1)
        let last = try #require(swarm.runEvents().max())
        let size = UInt64(ReferenceSwarm.pieceBytes) * UInt64(pieces)
        let best = Bounds.equalLinks(size: size, pieces: pieces, peers: count - 1, upload: ReferenceSwarm.rate)
        #expect((0.82...0.88).contains(best / last))
    }

    @Test func theSameSeedIsTheSameRun() {
        let runs = ([7, 7, 8] as [UInt64]).map { seed in
            let swarm = ReferenceSwarm(peers: 20, pieces: 30, neighbours: 5, transferLimit: 2, seed: seed)
            return swarm.runEvents()
        }
        #expect(runs[0] == runs[1])
        #expect(runs[0] != runs[2])
    }
}

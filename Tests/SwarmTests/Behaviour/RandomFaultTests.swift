import Swarm
import Testing

/// Random crashes, returns, broken origins and trackers: no transfer hangs, nothing wrong gets out.
@Suite struct RandomFaultTests {
    @Test(arguments: 0..<300 as Range<UInt64>)
    func everyLivingNodeGetsTheBlob(seed: UInt64) {
        var chance = SeededGenerator(seed: seed &* 7919)
        var origin = OriginModel()
        origin.bytesPerSecond = 2_000_000
        for _ in 0..<chance.next() % 4 { origin.script.append(.breaks(afterBytes: Int(chance.next() % 300_000))) }
        let size = [0, 40_000, 200_000, 700_000, 1_500_000][Int(chance.next() % 5)] as UInt64
        let count = 2 + Int(chance.next() % 6)
        let (cluster, blob) = Cluster.cold(count, zones: 1 + Int(seed % 3), size: size, seed: seed, origin: origin)
        for node in 0..<count {
            if chance.next() % 3 == 0 { cluster.nodes[node].uplink.bytesPerSecond = 1_000_000 }
            if chance.next() % 8 == 0 {
                cluster.nodes[node].misdeeds = [.flipsBytes, .servesNothing, .sendsEmptyFrames].randomElement(using: &chance)!
            }
            cluster.want(blob, at: node, after: .milliseconds(Int(chance.next() % 500)))
        }
        for _ in 0..<chance.next() % 5 {
            let (victim, back) = (Int(chance.next() % UInt64(count)), chance.next() % 2 == 0)
            cluster.after(.milliseconds(Int(chance.next() % 2000))) {
                cluster.crash(victim)
                guard back else { return }
                cluster.after(.milliseconds(700)) { if !cluster.nodes[victim].isAlive { cluster.revive(victim, wanting: blob) } }
            }
        }
        if chance.next() % 4 == 0 {
            cluster.after(.milliseconds(Int(chance.next() % 1000))) { cluster.stopTracker() }
            cluster.after(.milliseconds(3000)) { cluster.startTracker() }
        }
        cluster.run(for: .seconds(4))
        cluster.expectComplete(blob, within: .seconds(120))
    }
}

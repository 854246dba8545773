import Swarm
import Testing

/// The same seed gives the same run; whatever the seed, everybody gets the blob.
@Suite struct DeterminismTests {
    private func logHash(seed: UInt64, zones: Int = 1) -> UInt64 {
        let (cluster, blob) = Cluster.cold(8, zones: zones, size: 1_500_000, seed: seed)
        cluster.recordsLog = true
        cluster.wantEverywhere(blob)
        cluster.run(for: .milliseconds(50))
        cluster.crash(3)
        cluster.expectComplete(blob)
        return cluster.logHash
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func theSameSeedGivesTheSameActions(seed: UInt64) {
        #expect(logHash(seed: seed) == logHash(seed: seed))
        #expect(logHash(seed: seed, zones: 3) == logHash(seed: seed, zones: 3))
    }

    @Test func anotherSeedGivesOthers() { #expect(logHash(seed: 1) != logHash(seed: 2)) }
}

import Swarm
import Testing

/// The tracker helps; nothing depends on it.
@Suite struct TrackerLossTests {
    @Test func withoutATrackerEveryNodeGoesToTheOrigin() {
        let (cluster, blob) = Cluster.cold(4, hasTracker: false)
        cluster.wantEverywhere(blob)
        cluster.expectComplete(blob, within: .seconds(10))
        #expect(cluster.originBytes(blob) == 4 * blob.size)
    }

    @Test func aTrackerThatDiesMidTransferIsNotMissed() {
        var origin = OriginModel()
        origin.bytesPerSecond = 5_000_000
        let (cluster, blob) = Cluster.cold(8, size: 10_000_000, origin: origin)
        cluster.wantEverywhere(blob)
        cluster.run(for: .milliseconds(700))
        cluster.stopTracker()
        cluster.expectComplete(blob, within: .seconds(60))
        // The holder goes on. The others know its states up to here; for the rest they ask it.
        #expect(cluster.originBytes(blob) < 2 * blob.size)
    }

    @Test func aTrackerThatForgotEverythingLearnsItAgain() {
        var origin = OriginModel()
        origin.bytesPerSecond = 2_000_000
        let (cluster, blob) = Cluster.cold(8, size: 10_000_000, origin: origin)
        cluster.wantEverywhere(blob)
        cluster.run(for: .seconds(1))
        let holder = cluster.leaseHolder(of: blob)
        cluster.stopTracker()
        cluster.run(for: .seconds(1))
        cluster.startTracker()
        cluster.run(for: .seconds(2))
        #expect(cluster.leaseHolder(of: blob) == holder)
        cluster.expectComplete(blob, within: .seconds(60))
        #expect(cluster.originBytes(blob) <= blob.size + 2 * UInt64(blob.layout.pieceLength))
        cluster.run(for: .seconds(5))
        #expect(cluster.tracker?.swarmOverview(blob.digest)?.seeds == 8)
    }

    /// Nodes that begin while the tracker is away know nobody, and all go to the origin, which becomes slow for each. Once it is back, one is enough.
    @Test(arguments: 1...3 as ClosedRange<UInt64>) func whoWasCutOffComesBackToTheSwarm(seed: UInt64) {
        let (cluster, blob) = Cluster.cold(12, size: 10_000_000, seed: seed, hasTracker: false)
        cluster.originUplink.bytesPerSecond = 1_000_000
        cluster.wantEverywhere(blob)
        cluster.run(for: .seconds(5))
        #expect(cluster.originBytes(blob) > 3_000_000)
        cluster.startTracker()
        // What is under way to all needs seven seconds, one copy ten.
        cluster.expectComplete(blob, within: .seconds(25))
        #expect(Double(cluster.originBytes(blob)) < 2.5 * Double(blob.size))
    }

    @Test func brokenSessionsAreTakenUpAgain() {
        var origin = OriginModel()
        origin.bytesPerSecond = 2_000_000
        let (cluster, blob) = Cluster.cold(6, size: 8_000_000, origin: origin)
        cluster.wantEverywhere(blob)
        cluster.run(for: .seconds(1))
        cluster.breakTrackerSessions()
        cluster.expectComplete(blob)
        cluster.breakTrackerSessions()
        cluster.run(for: .seconds(2))
        #expect(cluster.tracker?.swarmOverview(blob.digest)?.seeds == 6)
        #expect(cluster.originBytes(blob) < 2 * blob.size)
    }

    @Test func anIdleSessionIsKeptAlive() {
        let (cluster, _) = Cluster.cold(3)
        cluster.run(for: .seconds(300))
        #expect(cluster.tracker?.nodeCount == 3)
        #expect(!cluster.trackerReports.contains { if case .left = $0 { true } else { false } })
    }
}

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

import Foundation
import Glibc
import PeerNetwork
import Swarm
import Testing

/// Data directories on a small file system of their own; only root can mount one.
@Suite(.enabled(if: geteuid() == 0), .timeLimit(.minutes(2)))
struct FullDiskTests {
    /// Nothing that could go would help: the client has it all the same.
    @Test func aBlobLargerThanTheDiskIsPassedThrough() async throws {
        let disk = try SmallDisk(mebibytes: 8)
        let (small, large) = (try Content(size: 100_000, seed: 1), try Content(size: 12_000_000, seed: 2))
        try await Cluster.with(TestOrigin([small, large]), hasTracker: false) { cluster in
            let agent = try await cluster.agent(in: disk.path + "/data")
            #expect(try await agent.read(large) == large.bytes)
            #expect(try await agent.read(small) == small.bytes)
            try await agent.holds(small)
            #expect(agent.counts.bytes.refusals == 1)
            try await cluster.stop(agent)
        }
    }

    /// Somebody else fills the disk while a blob arrives: its client gets the rest past the store, from where it is.
    @Test(arguments: [false, true])
    func aDiskThatFillsUpOnTheWayBreaksNoBody(hasTracker: Bool) async throws {
        let disk = try SmallDisk(mebibytes: 8)
        let (small, large) = (try Content(size: 100_000, seed: 1), try Content(size: 3_000_000, seed: 2))
        let gate = Gate()
        let origin = TestOrigin([small, large], bodyGate: gate, gatedFrom: 1_000_000)
        try await Cluster.with(origin, hasTracker: hasTracker) { cluster in
            let agent = try await cluster.agent(in: disk.path + "/data")
            let reader = try await agent.agent.open(large.digest, at: TestOrigin.location)
            let beginning = try await agent.read(reader, from: 0, to: 900_000)
            try disk.fill()
            await gate.open()
            #expect(try await beginning + agent.read(reader, from: 900_000, to: 3_000_000) == large.bytes)
            await agent.agent.close(reader)
            #expect(await agent.agent.heldSize(of: large.digest) == nil)
            let last = try #require(await origin.fetches.last?.range)
            #expect(last.lowerBound >= 800_000 && last.upperBound == 3_000_000)
            #expect(agent.counts.bytes.passedThrough < 2_300_000)
            if let tracker = await cluster.tracker { try await eventually("nobody has it") { await tracker.memberCount == 0 } }
            // With space again, the blob goes on from what was kept of it.
            try disk.unfill()
            #expect(try await agent.read(large) == large.bytes)
            try await agent.holds(large)
            #expect(try await agent.read(small) == small.bytes)
            try await cluster.stop(agent)
        }
    }
}

/// A file system in memory that is mounted as long as this object lives.
private final class SmallDisk: Sendable {
    let path: String

    init(mebibytes: Int) throws {
        path = NSTemporaryDirectory() + "shoal-disk-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try #require(mount("shoal-test", path, "tmpfs", 0, "size=\(mebibytes)m") == 0)
    }

    deinit {
        umount2(path, Int32(MNT_DETACH))
        rmdir(path)
    }

    func fill() throws {
        let descriptor = open(path + "/filler", O_WRONLY | O_CREAT, 0o600)
        defer { close(descriptor) }
        for size in [65_536, 4096] {
            let block = [UInt8](repeating: 1, count: size)
            while write(descriptor, block, size) == size {}
        }
        try #require(errno == ENOSPC)
    }

    func unfill() throws { try #require(unlink(path + "/filler") == 0) }
}

import OrderedCollections
import Testing

@testable import PeerNetwork
@testable import Swarm

/// Blobs whose size is known beforehand, from an origin over ranges.
@Suite(.timeLimit(.minutes(2)))
struct OriginStreamTests {
    private static let mebibyte = 1 << 20

    /// What a manifest does when it passes.
    private func agent(_ cluster: Cluster, knowing content: Content) async throws -> TestAgent {
        let agent = try await cluster.agent()
        await agent.agent.learn([(content.digest, UInt64(content.bytes.count))], from: content.digest)
        return agent
    }

    /// Ranges in a row cover the blob, none twice; whatever order their bytes come in, the client's are in order.
    @Test func rangesBringEachByteOnce() async throws {
        let content = try Content(size: 33 * Self.mebibyte + 5)
        let origin = TestOrigin([content])
        try await Cluster.with(origin, hasTracker: false) { cluster in
            let agent = try await agent(cluster, knowing: content)
            #expect(try await agent.read(content) == content.bytes)
            let ranges = await origin.fetches.compactMap(\.range).sorted { $0.lowerBound < $1.lowerBound }
            #expect(ranges.count >= 2)
            #expect(ranges.first?.lowerBound == 0 && ranges.last?.upperBound == UInt64(content.bytes.count))
            for (range, next) in zip(ranges, ranges.dropFirst()) { #expect(range.upperBound == next.lowerBound) }
            #expect(await origin.sentBytes == content.bytes.count)
            #expect(agent.counts.bytes == Counts.Bytes(origin: content.bytes.count))
        }
    }

    /// The first range's answer is everything: it is the only one.
    @Test func anAnswerWithEverythingIsTheOnlyOne() async throws {
        let content = try Content(size: 20 * Self.mebibyte)
        let origin = TestOrigin([content], ignoresRanges: true)
        try await Cluster.with(origin, hasTracker: false) { cluster in
            let agent = try await agent(cluster, knowing: content)
            #expect(try await agent.read(content) == content.bytes)
            #expect(await origin.fetches.count == 1)
            #expect(await origin.sentBytes == content.bytes.count)
        }
    }

    /// The size that was named is not the origin's: the blob is had all the same, from the beginning.
    @Test func aWrongNameForTheSizeDoesNoHarm() async throws {
        let content = try Content(size: 9 * Self.mebibyte)
        let origin = TestOrigin([content])
        try await Cluster.with(origin, hasTracker: false) { cluster in
            let agent = try await cluster.agent()
            await agent.agent.learn([(content.digest, UInt64(content.bytes.count) + (1 << 20))], from: content.digest)
            await #expect(throws: TransferFailure.self) { try await agent.read(content) }
            try await agent.holds(content)
            #expect(try await agent.read(content) == content.bytes)
        }
    }

    /// Each range breaks in its middle now and then: what is whole stays, the rest comes by another.
    @Test func rangesThatBreakAreContinued() async throws {
        let content = try Content(size: 20 * Self.mebibyte)
        let origin = TestOrigin([content], breaks: [3 * Self.mebibyte, .max, Self.mebibyte, .max])
        try await Cluster.with(origin, hasTracker: false) { cluster in
            let agent = try await agent(cluster, knowing: content)
            #expect(try await agent.read(content) == content.bytes)
            #expect(await origin.sentBytes < content.bytes.count + 9 * Self.mebibyte)
        }
    }

    /// The lease moves while a range is under way: it is read to its end, and no byte comes twice. The gate is shut before the registry has shown that a
    /// single stream is enough: a long range might take more than the time that is given for it where all processors are busy.
    @Test func aLeaseThatMovesCostsNothing() async throws {
        let content = try Content(size: 40 * Self.mebibyte)
        let gate = Gate()
        let origin = TestOrigin([content], bodyGate: gate, gatedFrom: Self.mebibyte)
        try await Cluster.with(origin) { cluster in
            let (first, second) = (try await agent(cluster, knowing: content), try await agent(cluster, knowing: content))
            async let one = first.read(content)
            try await eventually("bytes come") { await origin.sentBytes >= Self.mebibyte / 2 }
            async let other = second.read(content)
            let tracker = try #require(await cluster.tracker)
            try await eventually("both want it") { await tracker.memberCount == 2 }
            await tracker.moveLease(of: content.digest)
            try await eventually("the first is to hand over") {
                await first.agent.node?.transfers.peek(content.digest) { $0.handOverDeadline } != nil
            }
            await gate.open()
            #expect(try await one == content.bytes)
            #expect(try await other == content.bytes)
            #expect(first.counts.bytes.origin > 0 && second.counts.bytes.origin > 0)
            #expect(await origin.sentBytes == content.bytes.count)
        }
    }

    /// Nobody takes what comes: the reader of a whole answer stops at its bound, and goes on when the store can be opened.
    @Test func stoppingEndsEveryStream() async throws {
        let content = try Content(size: 40 * Self.mebibyte)
        let gate = Gate()
        let origin = TestOrigin([content], bodyGate: gate, gatedFrom: 6 * Self.mebibyte)
        try await Cluster.with(origin, hasTracker: false) { cluster in
            let agent = try await agent(cluster, knowing: content)
            let reading = Task { await failure { try await agent.read(content) } }
            try await eventually("bytes come") { await origin.sentBytes >= 4 * Self.mebibyte }
            try await cluster.stop(agent)
            #expect(await reading.value != nil)
            let asked = await origin.fetches.count
            await gate.open()
            #expect(await origin.fetches.count == asked)
        }
    }
}

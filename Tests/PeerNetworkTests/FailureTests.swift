import PeerNetwork
import Swarm
import Testing

/// Origins that fail, and clients that leave.
@Suite(.timeLimit(.minutes(2)))
struct FailureTests {
    @Test(arguments: [false, true])
    func everyReaderIsToldThatTheOriginHasNoSuchBlob(hasTracker: Bool) async throws {
        let content = try Content(size: 1000)
        let gate = Gate()
        let origin = TestOrigin([], answerGate: gate)
        try await Cluster.with(origin, hasTracker: hasTracker) { cluster in
            let agent = try await cluster.agent()
            async let first = failure { try await agent.read(content) }
            async let second = failure { try await agent.read(content) }
            try await eventually("the origin is asked") { await !origin.fetches.isEmpty }
            await gate.open()
            for failure in await [first, second] {
                guard case .notFound = failure else { throw TestFailure("told \(String(describing: failure))") }
            }
            #expect(await agent.agent.activeTransfers == 0)
        }
    }

    /// The stream breaks twice: each time it goes on by a range, from the last whole piece.
    @Test func aBrokenStreamIsContinued() async throws {
        let content = try Content(size: 2_000_000)
        let origin = TestOrigin([content], breaks: [300_000, 500_000])
        try await Cluster.with(origin, hasTracker: false) { cluster in
            let agent = try await cluster.agent()
            #expect(try await agent.read(content) == content.bytes)
            let starts = await origin.fetches.map { $0.range?.lowerBound ?? 0 }
            #expect(starts.count == 3)
            #expect(starts == starts.sorted() && starts[1] >= 3 * 65536)
            #expect(await origin.sentBytes < content.bytes.count + 2 * 65536)
        }
    }

    /// Wrong bytes: nobody is given the whole, and the origin client hears of it, so that it asks somebody else next.
    @Test func wrongBytesAreReported() async throws {
        let content = try Content(size: 1_000_000)
        let origin = TestOrigin([content])
        await origin.spoil(content.digest, at: 500_000)
        try await Cluster.with(origin, hasTracker: false) { cluster in
            let agent = try await cluster.agent()
            #expect(await failure { try await agent.read(content) } != nil)
            #expect(await origin.contradicted.first == content.digest)
        }
    }

    /// The blob's size never comes, and the task that waits for it is cancelled.
    @Test func aCancelledOpenReturns() async throws {
        let content = try Content(size: 1000)
        let gate = Gate()
        let origin = TestOrigin([content], answerGate: gate)
        try await Cluster.with(origin, hasTracker: false) { cluster in
            let agent = try await cluster.agent()
            let opening = Task { await failure { try await agent.read(content) } }
            try await eventually("the origin is asked") { await !origin.fetches.isEmpty }
            opening.cancel()
            #expect(await opening.value != nil)
            // What was begun goes on, for whoever comes next.
            await gate.open()
            #expect(try await agent.read(content) == content.bytes)
            #expect(await origin.fetches.count == 1)
        }
    }

    /// A byte never comes, and the task that waits for it is cancelled. The reader can be used again.
    @Test func aCancelledReadReturns() async throws {
        let content = try Content(size: 1_000_000)
        let gate = Gate()
        let origin = TestOrigin([content], bodyGate: gate, gatedFrom: 300_000)
        try await Cluster.with(origin, hasTracker: false) { cluster in
            let agent = try await cluster.agent()
            let reader = try await agent.agent.open(content.digest, at: TestOrigin.location)
            _ = try await agent.read(reader, from: 0, to: 200_000)
            let reading = Task { await failure { _ = try await agent.agent.available(reader, at: 900_000, limit: 1) } }
            await Task.yield()
            reading.cancel()
            #expect(await reading.value != nil)
            await gate.open()
            #expect(try await agent.read(reader, from: 0, to: 1_000_000) == content.bytes)
            await agent.agent.close(reader)
        }
    }

    /// Stopping in the middle tells who waits, begins nothing anew, and leaves no handle open.
    @Test(arguments: [false, true])
    func stoppingEndsEveryWait(hasTracker: Bool) async throws {
        let content = try Content(size: 1_000_000)
        let gate = Gate()
        let origin = TestOrigin([content], bodyGate: gate, gatedFrom: 300_000)
        try await Cluster.with(origin, hasTracker: hasTracker) { cluster in
            let agents = try await cluster.agents(2)
            let readings = agents.map { agent in Task { await failure { try await agent.read(content) } } }
            try await eventually("the origin is asked") { await !origin.fetches.isEmpty }
            for agent in agents { try await cluster.stop(agent) }
            for reading in readings { #expect(await reading.value != nil) }
            let asked = await origin.fetches.count
            await gate.open()
            #expect(await origin.fetches.count == asked)
        }
    }

    /// A tracker that nobody can reach is looked for until the agent stops.
    @Test func stoppingEndsTheSearchForATracker() async throws {
        let content = try Content(size: 1000)
        let origin = TestOrigin([content])
        try await Cluster.with(origin, hasTracker: false) { cluster in
            let agent = try await cluster.agent(in: cluster.folder + "/lost", tracker: "127.0.0.1:1")
            #expect(try await agent.read(content) == content.bytes)
            #expect(await !agent.agent.isTrackerConnected)
        }
    }
}

/// What the body fails with, if that is a transfer's failure.
func failure(_ body: () async throws -> some Any) async -> TransferFailure? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? TransferFailure
    }
}

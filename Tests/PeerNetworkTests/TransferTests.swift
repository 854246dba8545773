import PeerNetwork
import Swarm
import Testing

/// Blobs on their way through agents, over real sockets.
@Suite(.timeLimit(.minutes(2)))
struct TransferTests {
    /// Nothing, less than a piece, a whole number of pieces, and odd sizes.
    @Test(arguments: [0, 1, 64 << 10, (64 << 10) + 1, 3_000_000])
    func oneAgentAloneFetchesAndServes(size: Int) async throws {
        let content = try Content(size: size)
        let origin = TestOrigin([content])
        try await Cluster.with(origin, hasTracker: false) { cluster in
            let agent = try await cluster.agent()
            #expect(try await agent.read(content) == content.bytes)
            try await agent.holds(content)
            // Once more, from the store.
            #expect(try await agent.read(content) == content.bytes)
            #expect(await origin.fetches.count == 1)
            #expect(agent.counts.bytes == Counts.Bytes(origin: size))
        }
    }

    /// A frame that takes longer than a silent peer is waited for: what comes of it is not thrown away, nor asked for again.
    @Test func aSlowPeerIsNotASilentOne() async throws {
        let content = try Content(size: 60_000)
        try await Cluster.with(TestOrigin([])) { cluster in
            let agent = try await cluster.agent { $0.transfer.requestTimeout = .milliseconds(500) }
            let intruder = try Intruder()
            try await intruder.announce(content.digest, size: 60_000, to: try #require(await cluster.trackerAddress))
            try await eventually("the tracker knows it") { await cluster.tracker?.memberCount == 1 }
            try await intruder.befriend(agent.address) { message in
                switch message {
                case .open(_, let digest):
                    PeerMessage.open(channel: 1, digest: digest).encode()
                        + PeerMessage.have(channel: 1, size: 60_000, pieces: PieceSet(completeWith: 1)).encode()
                case .request: DataFrame(channel: 1, piece: 0, offset: 0, count: 60_000).encodeHeader() + content.bytes
                default: nil
                }
            }
            #expect(try await agent.read(content) == content.bytes)
            #expect(agent.counts.bytes == Counts.Bytes(received: 60_000))
            try await intruder.stop()
        }
    }

    @Test(arguments: [2, 5])
    func agentsShareOneCopyFromTheOrigin(count: Int) async throws {
        let content = try Content(size: 5_000_000)
        let origin = TestOrigin([content])
        try await Cluster.with(origin) { cluster in
            let agents = try await cluster.agents(count)
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for agent in agents { group.addTask { try await agent.read(content) == content.bytes } }
                for try await isRight in group { #expect(isRight) }
            }
            #expect(await origin.sentBytes == content.bytes.count)
            for agent in agents {
                try await agent.holds(content)
                #expect(agent.counts.bytes.rejected == 0)
            }
            let received = agents.map(\.counts.bytes.received).reduce(0, +)
            #expect(received >= (count - 1) * content.bytes.count)
        }
    }

    /// Pieces of two fragments each, from a file that is opened while the first ones are asked for: they arrive in order, none is lost.
    @Test func fragmentsArriveInOrder() async throws {
        let content = try Content(size: 66 << 20)
        let origin = TestOrigin([content])
        try await Cluster.with(origin) { cluster in
            let holder = try await cluster.agent()
            #expect(try await holder.read(content) == content.bytes)
            try await holder.holds(content)
            let other = try await cluster.agent()
            #expect(try await other.read(content) == content.bytes)
            #expect(other.counts.bytes == Counts.Bytes(received: content.bytes.count))
            #expect(await origin.sentBytes == content.bytes.count)
        }
    }

    @Test func aReaderGetsBytesBeforeTheBlobIsWhole() async throws {
        let content = try Content(size: 2_000_000)
        let gate = Gate()
        let origin = TestOrigin([content], bodyGate: gate, gatedFrom: 1_000_000)
        try await Cluster.with(origin) { cluster in
            let agents = try await cluster.agents(2)
            for agent in agents {
                let reader = try await agent.agent.open(content.digest, at: TestOrigin.location)
                #expect(reader.size == 2_000_000)
                #expect(try await agent.read(reader, from: 0, to: 700_000) == Array(content.bytes[..<700_000]))
                // Many pieces at once, when they are there.
                let available = try await agent.agent.available(reader, at: 1000, limit: 600_000)
                guard case .file(_, let range) = available else {
                    Issue.record("what is stored is not given from its file: \(available)")
                    continue
                }
                #expect(range == 1000..<601_000)
                #expect(await agent.agent.heldSize(of: content.digest) == nil)
                await agent.agent.close(reader)
            }
            await gate.open()
            for agent in agents { #expect(try await agent.read(content) == content.bytes) }
            #expect(await origin.sentBytes == content.bytes.count)
        }
    }

    @Test func openingTwiceSharesOneTransfer() async throws {
        let content = try Content(size: 2_000_000)
        let gate = Gate()
        let origin = TestOrigin([content], answerGate: gate)
        try await Cluster.with(origin) { cluster in
            let agent = try await cluster.agent()
            async let first = agent.read(content)
            async let second = agent.read(content)
            try await eventually("the origin is asked") { await origin.fetches.count == 1 }
            await gate.open()
            #expect(try await first == content.bytes)
            #expect(try await second == content.bytes)
            #expect(await origin.fetches.count == 1)
            #expect(await origin.sentBytes == content.bytes.count)
        }
    }

    @Test func aReaderThatLeavesDoesNotStopTheTransfer() async throws {
        let content = try Content(size: 2_000_000)
        let gate = Gate()
        let origin = TestOrigin([content], bodyGate: gate, gatedFrom: 500_000)
        try await Cluster.with(origin) { cluster in
            let agent = try await cluster.agent()
            let reader = try await agent.agent.open(content.digest, at: TestOrigin.location)
            _ = try await agent.read(reader, from: 0, to: 1000)
            await agent.agent.close(reader)
            await gate.open()
            try await agent.holds(content)
            #expect(await origin.fetches.count == 1)
        }
    }

    /// Pieces that are there already are not fetched again.
    @Test func anAgentGoesOnWhereItsPredecessorStopped() async throws {
        let content = try Content(size: 2_000_000)
        let gate = Gate()
        let origin = TestOrigin([content], bodyGate: gate, gatedFrom: 1_000_000)
        try await Cluster.with(origin, hasTracker: false) { cluster in
            let folder = cluster.folder + "/restarted"
            try await beginAndStop(content, in: folder, of: cluster)
            await gate.open()
            let second = try await cluster.agent(in: folder)
            #expect(try await second.read(content) == content.bytes)
            let fetches = await origin.fetches
            #expect(fetches.count == 2)
            // What lay between the last whole piece and the stop is all that came twice.
            #expect(fetches.last?.range?.lowerBound ?? 0 >= 900_000 / (64 << 10) * (64 << 10))
            #expect(second.counts.bytes.origin < content.bytes.count - 800_000)
        }
    }

    private func beginAndStop(_ content: Content, in folder: String, of cluster: Cluster) async throws {
        let agent = try await cluster.agent(in: folder)
        let reader = try await agent.agent.open(content.digest, at: TestOrigin.location)
        _ = try await agent.read(reader, from: 0, to: 900_000)
        await agent.agent.close(reader)
        try await cluster.stop(agent)
    }
}

import PeerNetwork
import Swarm
import Testing

/// Stores that are full: what goes, who is told, and how clients get what cannot be kept.
@Suite(.timeLimit(.minutes(2)))
struct QuotaTests {
    @Test func theOldestBlobMakesRoomAndTheTrackerIsTold() async throws {
        let contents = try (1...4).map { try Content(size: 300_000, seed: UInt64($0)) }
        let origin = TestOrigin(contents)
        try await Cluster.with(origin) { cluster in
            let agent = try await cluster.agent(quota: 1_000_000)
            for content in contents {
                #expect(try await agent.read(content) == content.bytes)
                try await agent.holds(content)
            }
            try await eventually("the first blob is not held") { await agent.agent.heldSize(of: contents[0].digest) == nil }
            let tracker = try #require(await cluster.tracker)
            try await eventually("the tracker knows three blobs") { await tracker.memberCount == 3 }
            #expect(agent.counts.bytes.evicted == 300_000)
            #expect(agent.counts.bytes.refusals == 0)
            // It is fetched again when somebody asks, and the next one goes.
            #expect(try await agent.read(contents[0]) == contents[0].bytes)
            try await agent.holds(contents[0])
            #expect(await agent.agent.heldSize(of: contents[1].digest) == nil)
        }
    }

    @Test func aBlobThatIsReadSlowlyIsNotEvicted() async throws {
        let contents = try (1...3).map { try Content(size: 400_000, seed: UInt64($0)) }
        let origin = TestOrigin(contents)
        try await Cluster.with(origin, hasTracker: false) { cluster in
            let agent = try await cluster.agent(quota: 1_000_000)
            // Opened before it is whole, and read on long after.
            let reader = try await agent.agent.open(contents[0].digest, at: TestOrigin.location)
            var bytes = try await agent.read(reader, from: 0, to: 1000)
            try await agent.holds(contents[0])
            for content in contents[1...] {
                #expect(try await agent.read(content) == content.bytes)
                try await agent.holds(content)
            }
            #expect(await agent.agent.heldSize(of: contents[0].digest) == 400_000)
            #expect(await agent.agent.heldSize(of: contents[1].digest) == nil)
            bytes += try await agent.read(reader, from: 1000, to: 400_000)
            #expect(bytes == contents[0].bytes)
            await agent.agent.close(reader)
        }
    }

    /// A file that was served stays open for the next request, but not at the cost of room.
    @Test func servingDoesNotKeepABlobForEver() async throws {
        let contents = try (1...3).map { try Content(size: 400_000, seed: UInt64($0)) }
        let origin = TestOrigin(contents)
        try await Cluster.with(origin) { cluster in
            let agent = try await cluster.agent(quota: 1_000_000)
            let other = try await cluster.agent()
            #expect(try await agent.read(contents[0]) == contents[0].bytes)
            try await agent.holds(contents[0])
            #expect(try await other.read(contents[0]) == contents[0].bytes)
            #expect(agent.counts.bytes.sent == 400_000)
            for content in contents[1...] {
                #expect(try await agent.read(content) == content.bytes)
                try await agent.holds(content)
            }
            #expect(await agent.agent.heldSize(of: contents[0].digest) == nil)
        }
    }

    @Test func aSharedLayerStaysWhileAnImageThatIsHereNamesIt() async throws {
        let (first, second) = (try Content(size: 1000, seed: 1), try Content(size: 1000, seed: 2))
        let shared = try Content(size: 300_000, seed: 3)
        let layers = try (4...6).map { try Content(size: 300_000, seed: UInt64($0)) }
        let origin = TestOrigin([first, second, shared] + layers)
        try await Cluster.with(origin, hasTracker: false) { cluster in
            let agent = try await cluster.agent(quota: 1_000_000)
            for (manifest, own) in [(first, layers[0]), (second, layers[1])] {
                try await agent.learn(manifest, names: [shared, own])
                for layer in [shared, own] {
                    #expect(try await agent.read(layer) == layer.bytes)
                    try await agent.holds(layer)
                }
            }
            #expect(try await agent.read(layers[2]) == layers[2].bytes)
            try await agent.holds(layers[2])
            // The shared layer was not used for longer than the second image's own, and yet the first image's own went.
            #expect(await agent.agent.heldSize(of: layers[0].digest) == nil)
            #expect(await agent.agent.heldSize(of: shared.digest) != nil)
            #expect(await agent.agent.heldSize(of: layers[1].digest) != nil)
            #expect(await origin.fetches.filter { $0.digest == shared.digest }.count == 1)
        }
    }

    /// Larger than the quota: every client gets it, nobody is told that it is here, and nothing had to go for it.
    @Test(arguments: [false, true])
    func whatCannotFitIsPassedThrough(hasTracker: Bool) async throws {
        let (small, large) = (try Content(size: 100_000, seed: 1), try Content(size: 3_000_000, seed: 2))
        let origin = TestOrigin([small, large])
        try await Cluster.with(origin, hasTracker: hasTracker) { cluster in
            let agent = try await cluster.agent(quota: 1_000_000)
            #expect(try await agent.read(small) == small.bytes)
            try await agent.holds(small)
            #expect(try await agent.read(large) == large.bytes)
            #expect(try await agent.read(large) == large.bytes)
            #expect(await agent.agent.heldSize(of: small.digest) == 100_000)
            #expect(await agent.agent.heldSize(of: large.digest) == nil)
            #expect(agent.counts.bytes.passedThrough == 6_000_000)
            #expect(agent.counts.bytes.refusals == 2)
            #expect(agent.counts.log.filter { $0.hasPrefix("warning a blob is passed") }.count == 1)
            if let tracker = await cluster.tracker {
                try await eventually("the tracker knows one blob") { await tracker.memberCount == 1 }
            }
        }
    }

    /// Ranges too, wherever they begin and end.
    @Test func aRangeIsPassedThrough() async throws {
        let large = try Content(size: 3_000_000, seed: 2)
        try await Cluster.with(TestOrigin([large]), hasTracker: false) { cluster in
            let agent = try await cluster.agent(quota: 1_000_000)
            let reader = try await agent.agent.open(large.digest, at: TestOrigin.location)
            for range in [2_000_000..<2_100_000, 10..<20, 2_999_999..<3_000_000, 0..<3_000_000] {
                #expect(try await agent.read(reader, from: range.lowerBound, to: range.upperBound) == Array(large.bytes[range]))
            }
            await agent.agent.close(reader)
        }
    }

    /// No client is given the end of a blob that is not what its digest says.
    @Test func aWrongBlobIsNotPassedThroughToItsEnd() async throws {
        let large = try Content(size: 3_000_000, seed: 2)
        let origin = TestOrigin([large])
        await origin.spoil(large.digest, at: 5)
        try await Cluster.with(origin, hasTracker: false) { cluster in
            let agent = try await cluster.agent(quota: 1_000_000)
            let reader = try await agent.agent.open(large.digest, at: TestOrigin.location)
            _ = try await agent.read(reader, from: 0, to: 2_900_000)
            let failure = await failure { try await agent.read(reader, from: 2_900_000, to: 3_000_000) }
            #expect(failure?.description.contains("does not hash") == true)
            #expect(await origin.contradicted == [large.digest])
            await agent.agent.close(reader)
        }
    }

    @Test func aPassageThatBreaksGoesOn() async throws {
        let large = try Content(size: 3_000_000, seed: 2)
        // The first answer only tells that the blob does not fit.
        let origin = TestOrigin([large], breaks: [.max, 700_000, 500_000])
        try await Cluster.with(origin, hasTracker: false) { cluster in
            let agent = try await cluster.agent(quota: 1_000_000)
            #expect(try await agent.read(large) == large.bytes)
            #expect(await origin.fetches.map { $0.range?.lowerBound ?? 0 } == [0, 0, 700_000, 1_200_000])
            #expect(agent.counts.bytes.passedThrough == 3_000_000)
        }
    }
}

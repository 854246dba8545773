import PeerNetwork
import Swarm
import Testing

/// Tags and pauses through a tracker, over real sockets.
@Suite(.timeLimit(.minutes(2)))
struct TagTests {
    private static let name = TagName(registry: "registry.test", repository: "org/app", tag: "v1", isForEverybody: true)
    private let meaning: TagMeaning

    init() throws {
        meaning = TagMeaning(digest: try Content(size: 10).digest, size: 10, mediaType: "application/vnd.oci.image.index.v1+json")
    }

    /// One agent is sent to the registry; the other's clients wait for what it says, and later ones take that too.
    @Test func oneAgentAsks() async throws {
        let name = try #require(Self.name)
        try await Cluster.with(TestOrigin([])) { cluster in
            let agents = try await cluster.agents(2)
            try await knowsTags(agents[0])
            try await knowsTags(agents[1])
            #expect(await agents[0].agent.counsel(on: name, notOlderThan: .seconds(600)) == .askOrigin)
            async let first = agents[1].agent.counsel(on: name, notOlderThan: .seconds(600))
            async let second = agents[1].agent.counsel(on: name, notOlderThan: .seconds(600))
            await agents[0].agent.tell(name, meaning)
            for counsel in await [first, second] {
                guard case .meaning(meaning, _) = counsel else { Issue.record("\(counsel)"); continue }
            }
            let later = await agents[1].agent.counsel(on: name, notOlderThan: .seconds(600))
            guard case .meaning(meaning, _) = later else { Issue.record("\(later)"); return }
            #expect(await agents[1].agent.counsel(on: name, notOlderThan: .zero) == .askOrigin)
        }
    }

    /// Clients of one agent: one is sent, the other hears of it.
    @Test(arguments: [true, false]) func oneClientAsks(isKnown: Bool) async throws {
        let name = try #require(Self.name)
        try await Cluster.with(TestOrigin([])) { cluster in
            let agent = try await cluster.agent().agent
            try await eventually("the tracker shares tags") { await agent.sharesTags }
            async let first = agent.counsel(on: name, notOlderThan: .seconds(600))
            async let second = agent.counsel(on: name, notOlderThan: .seconds(600))
            try await eventually("one is sent") { await agent.tagQuestionCount == 1 }
            await agent.tell(name, isKnown ? meaning : nil)
            let both = await [first, second]
            #expect(both.contains(.askOrigin))
            #expect(both.contains(isKnown ? .meaning(meaning, age: .zero) : .askOrigin))
        }
    }

    @Test func withoutATrackerEachAsks() async throws {
        let name = try #require(Self.name)
        try await Cluster.with(TestOrigin([]), hasTracker: false) { cluster in
            let agent = try await cluster.agent().agent
            #expect(await agent.counsel(on: name, notOlderThan: .seconds(600)) == .askOrigin)
            await agent.tell(name, meaning)
            await agent.tellPause(of: "https://registry.test", .seconds(60))
        }
    }

    /// Whoever waits for a tracker that goes, asks.
    @Test func aTrackerThatGoesHoldsNobodyUp() async throws {
        let name = try #require(Self.name)
        try await Cluster.with(TestOrigin([])) { cluster in
            let agents = try await cluster.agents(2)
            for agent in agents { try await knowsTags(agent) }
            #expect(await agents[0].agent.counsel(on: name, notOlderThan: .seconds(600)) == .askOrigin)
            async let waiting = agents[1].agent.counsel(on: name, notOlderThan: .seconds(600))
            try await eventually("it waits") { await agents[1].agent.tagQuestionCount == 1 }
            await cluster.tracker?.stop()
            #expect(await waiting == .askOrigin)
        }
    }

    @Test func aPauseReachesTheOthers() async throws {
        let origin = TestOrigin([])
        try await Cluster.with(origin) { cluster in
            let agents = try await cluster.agents(2)
            for agent in agents { try await knowsTags(agent) }
            await agents[0].agent.tellPause(of: "https://registry.test", .seconds(60))
            try await eventually("the other one is told") { await origin.pauses == ["https://registry.test": .seconds(60)] }
        }
    }

    private func knowsTags(_ agent: TestAgent) async throws {
        try await eventually("the tracker shares tags") { await agent.agent.sharesTags }
    }
}

import PeerNetwork
import Swarm
import Testing

/// Agents with limits. That nothing is faster than its limit holds however slow the machine is.
@Suite(.timeLimit(.minutes(2)))
struct RateLimitTests {
    private static let rate: UInt64 = 4_000_000
    private let content: Content

    init() throws { content = try Content(size: 8_000_000) }

    /// The least time that the content takes at the rate, but for what may be saved up and one read.
    private var least: Duration { .seconds(Double(content.bytes.count) / Double(Self.rate)) * 0.95 - .milliseconds(120) }

    /// How long an agent's client waits for the content.
    private func reading(_ agent: TestAgent) async throws -> Duration {
        let start = ContinuousClock.now
        let bytes = try await agent.read(content)
        #expect(bytes == content.bytes)
        return .now - start
    }

    @Test func anOriginIsReadNoFasterThanItMay() async throws {
        try await Cluster.with(TestOrigin([content]), hasTracker: false) { cluster in
            let agent = try await cluster.agent { $0.originBytesPerSecond = Self.rate }
            #expect(try await reading(agent) >= least)
        }
    }

    @Test func aPeerSendsNoFasterThanItMay() async throws {
        try await Cluster.with(TestOrigin([content])) { cluster in
            let seed = try await cluster.agent { $0.uploadBytesPerSecond = Self.rate }
            #expect(try await seed.read(content) == content.bytes)
            try await seed.holds(content)
            let agent = try await cluster.agent()
            #expect(try await reading(agent) >= least)
            #expect(seed.counts.bytes.sent == content.bytes.count)
        }
    }

    @Test func aPeerIsReadNoFasterThanItMay() async throws {
        try await Cluster.with(TestOrigin([content])) { cluster in
            let seed = try await cluster.agent()
            #expect(try await seed.read(content) == content.bytes)
            try await seed.holds(content)
            let agent = try await cluster.agent { $0.downloadBytesPerSecond = Self.rate }
            #expect(try await reading(agent) >= least)
            #expect(agent.counts.bytes.duplicated == 0)
        }
    }
}

import NIOConcurrencyHelpers
import NIOCore
import Swarm
import Testing

@testable import Registry

/// What the client makes of a registry that is busy, or wants to be left alone.
@Suite struct OriginPolitenessTests {
    private typealias Client = OriginClientTests

    /// Long enough that nobody waits for it: nothing is asked meanwhile.
    @Test func aLongPauseIsToldAtOnce() async throws {
        try await withOrigin { _ in
            ScriptedOrigin.ok(
                "no", ["Retry-After: 600", "ratelimit-limit: 100;w=21600", "ratelimit-remaining: 0;w=21600"], status: "429 Slow")
        } body: { client, origin in
            for _ in 0..<5 {
                let error = await Client.error { try await client.fetch(Client.blob, Client.digest) }
                guard case .rateLimited(let seconds?) = error?.reason else { Issue.record("\(String(describing: error))"); return }
                #expect((590...600).contains(seconds))
            }
            #expect(origin.requests.count == 1)
            let server = try #require(await client.servers().first)
            #expect(server.rateLimit == RateLimit(remaining: "0", limit: "100"))
            #expect(server.pause > .seconds(590))
        }
    }

    @Test func aShortPauseIsWaitedFor() async throws {
        let count = NIOLockedValueBox(0)
        try await withOrigin { _ in
            count.withLockedValue {
                $0 += 1; return $0
            } == 1
                ? ScriptedOrigin.ok("no", ["Retry-After: 1"], status: "429 Slow") : ScriptedOrigin.ok(Client.content)
        } body: { client, origin in
            let start = ContinuousClock.now
            let response = try await client.fetch(Client.blob, Client.digest)
            #expect(try await Client.text(response) == Client.content)
            #expect(ContinuousClock.now - start >= .seconds(1))
            #expect(origin.requests.count == 2)
            #expect(await client.retries() == 1)
        }
    }

    @Test func whatMayPassIsTriedAgain() async throws {
        let count = NIOLockedValueBox(0)
        try await withOrigin { _ in
            count.withLockedValue {
                $0 += 1; return $0
            } <= RetryPolicy.limit
                ? ScriptedOrigin.ok("no", status: "503 Busy") : ScriptedOrigin.ok(Client.content)
        } body: { client, origin in
            let response = try await client.fetch(Client.blob, Client.digest)
            #expect(try await Client.text(response) == Client.content)
            #expect(origin.requests.count == 1 + RetryPolicy.limit)
        }
    }

    /// Parts of blobs are the swarm's to ask for again.
    @Test func partsAreNot() async throws {
        try await withOrigin { _ in
            ScriptedOrigin.ok("no", status: "503 Busy")
        } body: { client, origin in
            let error = await Client.error { try await client.fetch(Client.blob, Client.digest, byteRange: 0..<5) }
            #expect(error?.reason == .status(503))
            #expect(origin.requests.count == 1)
        }
    }

    /// However many fail, what is asked in all is at most a little more than that.
    @Test func aRegistryInTroubleIsNotAskedThreeTimesAsMuch() async throws {
        try await withOrigin { _ in
            ScriptedOrigin.ok("no", status: "500 Oops")
        } body: { client, origin in
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<50 { group.addTask { _ = await Client.error { try await client.fetch(Client.blob, Client.digest) } } }
            }
            #expect(origin.requests.count <= 50 + RetryBudget.most + 50 / RetryBudget.requestsForOne)
        }
    }
}

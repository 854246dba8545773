import NIOConcurrencyHelpers
import NIOCore
import Swarm
import Testing

@testable import Registry

/// Several servers of one registry: a mirror, then the source.
@Suite struct OriginEndpointsTests {
    private typealias Client = OriginClientTests

    /// Runs `body` with a client of a registry that has a mirror that does as scripted, and a source that has everything.
    private func withMirror(
        _ mirror: @escaping @Sendable (RawMessage) -> [ScriptedOrigin.Step],
        source: @escaping @Sendable (RawMessage) -> [ScriptedOrigin.Step] = { _ in ScriptedOrigin.ok(Client.content) },
        _ body: (OriginClient, _ mirror: ScriptedOrigin, _ source: ScriptedOrigin) async throws -> Void
    ) async throws {
        try await ScriptedOrigin.with(mirror) { mirror in
            try await ScriptedOrigin.with(source) { source in
                let endpoints = try [mirror, source].map { try RegistryEndpoint(parsing: "registry.test=\($0.url)") }
                let client = try OriginClient(
                    directory: RegistryDirectory(endpoints: endpoints), configuration: Rig.patient, logger: Rig.silent,
                    sha256: SampleDigest.of)
                do {
                    try await body(client, mirror, source)
                    await client.shutdown()
                } catch {
                    await client.shutdown()
                    throw error
                }
            }
        }
    }

    @Test func theFirstThatHasIt() async throws {
        try await withMirror { _ in
            ScriptedOrigin.ok(Client.content)
        } _: { client, mirror, source in
            let response = try await client.fetch(Client.blob, Client.digest)
            #expect(try await Client.text(response) == Client.content)
            #expect(mirror.requests.count == 1)
            #expect(source.requests.isEmpty)
        }
    }

    @Test(arguments: ["404 Not Found", "401 No", "403 No", "429 Slow Down", "500 Oops", "503 Away"])
    func theSourceHasWhatTheMirrorLacks(status: String) async throws {
        try await withMirror { _ in
            ScriptedOrigin.ok("no", status: status)
        } _: { client, _, source in
            let response = try await client.fetch(Client.blob, Client.digest)
            #expect(try await Client.text(response) == Client.content)
            #expect(source.requests.count == 1)
        }
    }

    /// The source's word counts, since a mirror may lack anything.
    @Test func theLastFailureIsTold() async throws {
        try await withMirror { _ in
            [.reset]
        } source: { _ in
            ScriptedOrigin.ok("no", status: "404 Not Found")
        } _: { client, _, _ in
            let error = await Client.error { try await client.fetch(Client.blob, Client.digest) }
            #expect(error?.reason == .notFound)
        }
    }

    @Test func aBrokenMirrorIsLeftAlone() async throws {
        try await withMirror { _ in
            ScriptedOrigin.ok("no", status: "502 Bad Gateway")
        } _: { client, mirror, source in
            for _ in 0..<10 {
                let response = try await client.fetch(Client.blob, Client.digest)
                #expect(try await Client.text(response) == Client.content)
            }
            #expect(mirror.requests.count == EndpointHealth.failureLimit)
            #expect(source.requests.count == 10)
            #expect(await client.servers().map(\.name) == [mirror.url])
            #expect(await client.servers().map(\.isTrusted) == [false])
        }
    }

    /// What is left alone is asked after all others, not never: the source may be back.
    @Test func theSourceIsAskedLastAtLeast() async throws {
        let isUp = NIOLockedValueBox(false)
        try await withMirror { _ in
            ScriptedOrigin.ok("no", status: "404 Not Found")
        } source: { _ in
            isUp.withLockedValue { $0 } ? ScriptedOrigin.ok(Client.content) : [.reset]
        } _: { client, _, _ in
            for _ in 0..<EndpointHealth.failureLimit {
                let error = await Client.error { try await client.fetch(Client.blob, Client.digest, byteRange: 0..<10) }
                guard case .unreachable = error?.reason else { Issue.record("\(String(describing: error))"); return }
            }
            #expect(await client.servers().map(\.isTrusted) == [false])
            isUp.withLockedValue { $0 = true }
            let response = try await client.fetch(Client.blob, Client.digest)
            #expect(try await Client.text(response) == Client.content)
            #expect(await client.servers().map(\.isTrusted) == [true])
        }
    }

    /// The mirror lacks it, and the source does not want to be asked: that is no "not found".
    @Test func aPausedSourceMayHaveIt() async throws {
        try await withMirror { _ in
            ScriptedOrigin.ok("no", status: "404 Not Found")
        } source: { _ in
            ScriptedOrigin.ok("no", ["Retry-After: 600"], status: "429 Slow")
        } _: { client, mirror, source in
            for _ in 0..<3 {
                let error = await Client.error { try await client.fetch(Client.blob, Client.digest) }
                guard case .rateLimited = error?.reason else { Issue.record("\(String(describing: error))"); return }
            }
            #expect(mirror.requests.count == 3)
            #expect(source.requests.count == 1)
        }
    }
}

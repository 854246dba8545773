import Swarm
import Testing

@testable import Registry

@Suite struct TagPolicyTests {
    @Test(
        arguments: [
            (nil, .ask(mayBeStale: false)), (.zero, .takeAsKnown), (.seconds(29), .takeAsKnown), (.seconds(30), .ask(mayBeStale: true)),
            (.seconds(86_400), .ask(mayBeStale: true)), (.seconds(86_401), .ask(mayBeStale: false)),
            (.seconds(-5), .ask(mayBeStale: true)),
        ] as [(Duration?, TagPolicy.Verdict)])
    func ageDecides(age: Duration?, verdict: TagPolicy.Verdict) {
        #expect(TagPolicy().verdict(age: age) == verdict)
    }

    @Test func zeroAsksEachTime() {
        var policy = TagPolicy()
        policy.timeToLive = .zero
        #expect(policy.verdict(age: .zero) == .ask(mayBeStale: true))
    }

    private static let digest = SampleDigest.of(Array("index".utf8))
    private static let index = #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#
    private static let tag = TagLocation(registry: "registry.test", repository: "org/app", tag: "v1")

    /// What is known is served without a word to the registry, as long as it is young.
    @Test func aTagThatWasJustResolvedIsNotAskedForAgain() async throws {
        let source = MemorySource()
        await source.put(Self.index, as: Self.digest)
        let answer: @Sendable (RawMessage) -> [ScriptedOrigin.Step] = { _ in
            ScriptedOrigin.ok("", ["Docker-Content-Digest: \(Self.digest)", "Content-Type: \(MediaType.ociIndex)"], omitBody: true)
        }
        try await Rig.mirror(source, origin: answer) { port, origin async throws in
            for _ in 0..<2 { #expect(try await RawClient.get("/v2/org/app/manifests/v1", port: port).text == Self.index) }
            #expect(origin.requests.count == 1)
            await source.grow(Self.tag, old: .seconds(31))
            #expect(try await RawClient.get("/v2/org/app/manifests/v1", port: port).status == 200)
            #expect(origin.requests.count == 2)
        }
    }

    @Test func whatIsTooOldIsNotServedWhileTheRegistryIsDown() async throws {
        let source = MemorySource()
        await source.put(Self.index, as: Self.digest)
        await source.remember(KnownTag(tag: ResolvedTag(digest: Self.digest, size: nil, mediaType: nil), age: .zero), for: Self.tag)
        await source.grow(Self.tag, old: .seconds(90_000))
        try await Rig.mirror(source, origin: { _ in [.reset] }) { port, _ async throws in
            #expect(try await RawClient.get("/v2/org/app/manifests/v1", port: port).status == 502)
        }
    }
}

import NIOConcurrencyHelpers
import Registry
import Swarm
import Testing

/// Whose image it is: what the mirror asks the registry before it gives something away, over real sockets.
@Suite struct PrivateImagesTests {
    private static let manifest = SampleDigest.a
    private static let layer = SampleDigest.b
    /// In the private repository's manifest.
    private static let text =
        #"{"schemaVersion":2,"mediaType":"\#(MediaType.ociManifest)","layers":[{"mediaType":"x","digest":"\#(layer)","size":5}]}"#
    private static let right = "Authorization: Basic cm9ib3Q6c2VjcmV0"
    private static let wrong = "Authorization: Basic cm9ib3Q6d3Jvbmc="
    private static let challenge = #"WWW-Authenticate: Basic realm="lab""#

    /// Has everything in `private`, which wants a password, and, if that is said, the layer in `open`, which does not.
    private static func registry(isLayerOpen: Bool = false) -> @Sendable (RawMessage) -> [ScriptedOrigin.Step] {
        { request in
            let isOpen = request.target.hasPrefix("/v2/open/")
            guard isOpen || request["authorization"] == "Basic cm9ib3Q6c2VjcmV0" else {
                return ScriptedOrigin.ok("", [challenge], status: "401 Unauthorized")
            }
            if isOpen, request.target.contains("/blobs/"), !isLayerOpen { return ScriptedOrigin.ok("", status: "404 Not Found") }
            let digest = request.target.contains("/blobs/") ? layer : manifest
            return ScriptedOrigin.ok("", ["Docker-Content-Digest: \(digest)"], omitBody: true)
        }
    }

    /// The manifest comes from the swarm, and the layer is held.
    private static func source() async throws -> (MemorySource, TestFile) {
        let (source, file) = (MemorySource(), try TestFile(Array("layer".utf8)))
        await source.put(text, as: manifest)
        await source.put(.init(bytes: Array("layer".utf8), isHeld: false), as: layer)
        await source.put(.init(bytes: Array(text.utf8), isHeld: false), as: manifest)
        return (source, file)
    }

    private func mirror(
        _ source: MemorySource, timeToLive: Duration = .seconds(300), origin: @escaping @Sendable (RawMessage) -> [ScriptedOrigin.Step],
        _ body: (Int, ScriptedOrigin) async throws -> Void
    ) async throws {
        try await Rig.mirror(source, shared: []) { configuration in
            configuration.proofs.timeToLive = timeToLive
        } origin: {
            origin($0)
        } _: { port, origin, _ in
            try await body(port, origin)
        }
    }

    private func status(_ target: String, _ port: Int, _ fields: String...) async throws -> Int {
        try await RawClient.get(target, port: port, fields: fields).status
    }

    @Test func asksForCredentialsAsTheRegistryDoes() async throws {
        let (source, _) = try await Self.source()
        try await mirror(source, origin: Self.registry()) { port, origin async throws in
            for target in ["manifests/1", "manifests/\(Self.manifest)", "blobs/\(Self.layer)", "tags/list", "referrers/\(Self.manifest)"] {
                for fields in [[], [Self.wrong]] {
                    let answer = try await RawClient.get("/v2/private/\(target)", port: port, fields: fields)
                    #expect(answer.status == 401, "\(target)")
                    #expect(answer["www-authenticate"] == #"Basic realm="lab""#)
                    #expect(answer.text.contains("UNAUTHORIZED"))
                }
                #expect(try await status("/v2/private/\(target)", port, Self.right) == 200, "\(target)")
            }
            #expect(try await status("/v2/private/manifests/\(Self.manifest)", port) == 401, "a proof is its caller's")
        }
    }

    @Test func aProofIsGoodForTheRepository() async throws {
        let (source, file) = try await Self.source()
        try await mirror(source, origin: Self.registry()) { port, origin async throws in
            #expect(try await status("/v2/private/manifests/1", port, Self.right) == 200)
            let asked = origin.requests.count
            source.files.withLockedValue { $0[Self.layer] = file }
            for _ in 0..<2 {
                // Held now: right from its file.
                #expect(try await RawClient.get("/v2/private/blobs/\(Self.layer)", port: port, fields: [Self.right]).text == "layer")
            }
            // One by one of the named blobs, as they are not everybody's, and then nothing more.
            #expect(origin.requests.count <= asked + 1)
            #expect(try await status("/v2/private/blobs/\(Self.layer)", port) == 401)
            #expect(try await status("/v2/private/blobs/\(Self.layer)", port, Self.wrong) == 401)
            #expect(source.restriction(of: Self.layer) == "registry.test")
        }
    }

    @Test func proofsRunOut() async throws {
        let (source, file) = try await Self.source()
        source.files.withLockedValue { $0[Self.layer] = file }
        let isRevoked = NIOLockedValueBox(false)
        let registry = Self.registry()
        try await mirror(source, timeToLive: .zero) { request in
            isRevoked.withLockedValue { $0 } ? ScriptedOrigin.ok("", [Self.challenge], status: "401 Unauthorized") : registry(request)
        } _: { port, _ async throws in
            #expect(try await status("/v2/private/blobs/\(Self.layer)", port, Self.right) == 200)
            isRevoked.withLockedValue { $0 = true }
            #expect(try await status("/v2/private/blobs/\(Self.layer)", port, Self.right) == 401)
        }
    }

    /// What is in a public repository needs no proof; what is not is not given under its name, though it is here.
    @Test(arguments: [false, true])
    func anotherRepositorysNameIsNoProof(isLayerOpen: Bool) async throws {
        let (source, file) = try await Self.source()
        try await mirror(source, origin: Self.registry(isLayerOpen: isLayerOpen)) { port, _ async throws in
            #expect(try await status("/v2/private/manifests/1", port, Self.right) == 200)
            source.files.withLockedValue { $0[Self.layer] = file }
            #expect(try await status("/v2/open/manifests/1", port) == 200)
            #expect(try await status("/v2/open/blobs/\(Self.layer)", port) == (isLayerOpen ? 200 : 404))
            #expect(source.restriction(of: Self.layer) == (isLayerOpen ? nil : "registry.test"))
        }
    }

    /// Another registry may say that it has it: it must then send it.
    @Test func anotherRegistrysWordIsNoProof() async throws {
        let (source, file) = try await Self.source()
        await source.restrict([Self.layer], to: "other.test")
        source.files.withLockedValue { $0[Self.layer] = file }
        try await mirror(source, origin: Self.registry(isLayerOpen: true)) { port, _ async throws in
            #expect(try await status("/v2/open/blobs/\(Self.layer)", port) == 200)
            #expect(await source.openedPastStore.count == 1)
            #expect(source.restriction(of: Self.layer) == "other.test")
        }
    }

    @Test func aRegistryThatIsDown() async throws {
        let (source, file) = try await Self.source()
        source.files.withLockedValue { $0[Self.layer] = file }
        let isDown = NIOLockedValueBox(false)
        let registry = Self.registry()
        try await mirror(source, timeToLive: .zero) { request in
            isDown.withLockedValue { $0 } ? [.reset] : registry(request)
        } _: { port, _ async throws in
            #expect(try await status("/v2/private/manifests/1", port, Self.right) == 200)
            isDown.withLockedValue { $0 = true }
            #expect(try await status("/v2/private/blobs/\(Self.layer)", port, Self.right) == 200, "the proof counts on")
            #expect(try await status("/v2/private/blobs/\(Self.layer)", port) == 404, "others have none")
            #expect(try await status("/v2/private/manifests/\(Self.manifest)", port) == 502)
            #expect(try await status("/v2/unknown/manifests/\(Self.manifest)", port) == 404, "not everybody's")
            await source.unrestrict(Self.manifest)
            #expect(try await status("/v2/unknown/manifests/\(Self.manifest)", port) == 200, "nobody was ever refused it")
        }
    }

    @Test func publicImagesCostOneQuestion() async throws {
        let (source, file) = try await Self.source()
        source.files.withLockedValue { $0[Self.layer] = file }
        try await mirror(source, origin: Self.registry(isLayerOpen: true)) { port, origin async throws in
            #expect(try await status("/v2/open/manifests/1", port) == 200)
            #expect(try await status("/v2/open/manifests/\(Self.manifest)", port) == 200)
            #expect(try await status("/v2/open/blobs/\(Self.layer)", port) == 200)
            #expect(try await status("/v2/open/blobs/\(Self.layer)", port, Self.wrong) == 200)
            #expect(origin.requests.map(\.startLine) == ["HEAD /v2/open/manifests/1 HTTP/1.1"])
            #expect(source.restriction(of: Self.layer) == nil)
        }
    }

    /// Tools that send credentials only to who asks for some at `/v2/`, and how they are told from others.
    @Test func pingAsksThemWhoWaitToBeAsked() async throws {
        try await Rig.mirror(MemorySource()) { port, _ async throws in
            let version = "Docker-Distribution-Api-Version: registry/2.0"
            let asked = try await RawClient.get("/v2/", port: port, fields: [version])
            #expect(asked.status == 401)
            #expect(asked["www-authenticate"] == #"Basic realm="shoal""#)
            #expect(try await status("/v2/", port, version, "Authorization: Basic Og==") == 200)
            #expect(try await status("/v2/", port) == 200)
        }
    }
}

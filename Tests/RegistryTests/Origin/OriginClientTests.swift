import NIOCore
import Registry
import Swarm
import Testing

/// The client against origins that behave, and that do not.
@Suite struct OriginClientTests {
    static let blob = ContentLocation(registry: "registry.test", repository: "org/app", kind: .blob)
    static let manifest = ContentLocation(registry: "registry.test", repository: "org/app", kind: .manifest)
    static let tag = TagLocation(registry: "registry.test", repository: "org/app", tag: "v1")
    static let digest = SampleDigest.a
    static let content = "0123456789"

    @Test func resolvesByHEAD() async throws {
        try await withOrigin { _ in
            ScriptedOrigin.ok(
                Self.content, ["Docker-Content-Digest: \(Self.digest)", "Content-Type: \(MediaType.ociIndex); charset=utf-8"],
                omitBody: true)
        } body: { client, origin in
            let resolved = try await client.resolve(Self.tag)
            #expect(resolved == ResolvedTag(digest: Self.digest, size: 10, mediaType: MediaType.ociIndex))
            #expect(origin.requests.map(\.method) == ["HEAD"])
            #expect(origin.requests[0].target == "/v2/org/app/manifests/v1")
            #expect(origin.requests[0].all("accept") == MediaType.manifestAccept)
            #expect(origin.requests[0]["accept-encoding"] == "identity")
        }
    }

    @Test(arguments: ["200 OK", "403 Forbidden", "405 Method Not Allowed", "501 Not Implemented", "400 Bad Request"])
    func resolvesByGETWhenHEADTellsNothing(status: String) async throws {
        try await withOrigin { request in
            request.method == "HEAD" ? ScriptedOrigin.ok("", status: status) : ScriptedOrigin.ok(Self.content)
        } body: { client, origin in
            let resolved = try await client.resolve(Self.tag)
            #expect(resolved == ResolvedTag(digest: SampleDigest.of(Array(Self.content.utf8)), size: 10, mediaType: nil))
            #expect(origin.requests.map(\.method) == ["HEAD", "GET"])
        }
    }

    @Test(
        arguments: [
            ("404 Not Found", [], OriginError.Reason.notFound, true), ("403 Forbidden", [], .unauthorized(nil), true),
            ("403 Forbidden", ["Content-Type: application/json"], .unauthorized(nil), true),
            // S3, asked for a key that is not there by somebody who may not list keys.
            ("403 Forbidden", ["Content-Type: application/xml"], .hidden, true),
            ("403 Forbidden", ["x-amz-request-id: 4442587FB7D0A2F9"], .hidden, true),
            (
                "401 Unauthorized", ["WWW-Authenticate: Basic realm=x"],
                .unauthorized(Challenge(scheme: "basic", parameters: ["realm": "x"])), true
            ),
            ("429 Too Many", ["Retry-After: 7"], .rateLimited(retryAfterSeconds: 7), false),
            ("429 Too Many", ["Retry-After: Wed, 21 Oct"], .rateLimited(retryAfterSeconds: 5), false),
            (
                "429 Too Many", ["Date: Sun, 06 Nov 1994 08:49:37 GMT", "Retry-After: Sun, 06 Nov 1994 08:50:00 GMT"],
                .rateLimited(retryAfterSeconds: 23), false
            ),
            ("500 Oops", [], .status(500), false),
            ("416 Range", [], .status(416), true),
        ] as [(String, [String], OriginError.Reason, Bool)])
    func sortsFailures(status: String, fields: [String], reason: OriginError.Reason, isDefinitive: Bool) async throws {
        try await withOrigin { _ in
            ScriptedOrigin.ok("nope", fields, status: status)
        } adjust: {
            $0.patience = .zero
        } body: { client, _ in
            let error = await Self.error { try await client.fetch(Self.blob, Self.digest) }
            #expect(error == OriginError(reason, registry: "registry.test", path: "/v2/org/app/blobs/\(Self.digest)"))
            #expect(error?.isDefinitive == isDefinitive)
            #expect(error?.description.contains("registry registry.test, /v2/org/app/blobs/") == true)
        }
    }

    @Test func fetchesWhole() async throws {
        try await withOrigin { _ in
            ScriptedOrigin.ok(Self.content)
        } body: { client, origin in
            for _ in 0..<2 {
                let response = try await client.fetch(Self.blob, Self.digest)
                #expect(response.totalSize == 10)
                #expect(response.range == 0..<10)
                #expect(!response.isRangeIgnored)
                #expect(try await Self.text(response) == Self.content)
            }
            #expect(origin.requests[0].target == "/v2/org/app/blobs/\(Self.digest)")
            #expect(origin.requests[0]["range"] == nil)
        }
    }

    @Test func fetchesRanges() async throws {
        try await withOrigin { _ in
            ScriptedOrigin.ok("2345", ["Content-Range: bytes 2-5/10"], status: "206 Partial Content")
        } body: { client, origin in
            let response = try await client.fetch(Self.blob, Self.digest, byteRange: 2..<6)
            #expect(response.totalSize == 10)
            #expect(response.range == 2..<6)
            #expect(try await Self.text(response) == "2345")
            #expect(origin.requests[0]["range"] == "bytes=2-5")
        }
    }

    @Test func takesAShorterRange() async throws {
        try await withOrigin { _ in
            ScriptedOrigin.ok("23", ["Content-Range: bytes 2-3/10"], status: "206 Partial Content")
        } body: { client, _ in
            let response = try await client.fetch(Self.blob, Self.digest, byteRange: 2..<6)
            #expect(response.range == 2..<4)
            #expect(try await Self.text(response) == "23")
        }
    }

    /// The body begins at the asked offset all the same, and goes on to the end, which would have to be asked for otherwise.
    @Test(arguments: [(2..<6, "23456789"), (0..<10, "0123456789"), (9..<10, "9"), (5..<100, "56789")] as [(Range<UInt64>, String)])
    func skipsWhenTheRangeIsIgnored(range: Range<UInt64>, text: String) async throws {
        try await withOrigin { _ in
            ScriptedOrigin.ok(Self.content)
        } body: { client, _ in
            let response = try await client.fetch(Self.blob, Self.digest, byteRange: range)
            #expect(response.isRangeIgnored)
            #expect(response.range == range.lowerBound..<10)
            #expect(try await Self.text(response) == text)
        }
    }

    @Test(arguments: [
        "Content-Range: bytes 3-5/10", "Content-Range: bytes 2-6/10", "Content-Range: bytes 2-5/*", "Content-Range: bytes 2-4/10",
        "Content-Range: nonsense", "X: y",
    ])
    func refusesWrongRanges(field: String) async throws {
        try await withOrigin { _ in
            ScriptedOrigin.ok("2345", [field], status: "206 Partial Content")
        } body: { client, _ in
            let error = await Self.error { try await client.fetch(Self.blob, Self.digest, byteRange: 2..<6) }
            guard case .badAnswer = error?.reason else { Issue.record("\(String(describing: error))"); return }
        }
    }

    @Test func learnsAMissingLengthByRange() async throws {
        try await withOrigin { request in
            if request["range"] == "bytes=0-0" {
                return ScriptedOrigin.ok("0", ["Content-Range: bytes 0-0/10"], status: "206 Partial Content")
            }
            return [.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n\(Self.content)\r\n0\r\n\r\n")]
        } body: { client, _ in
            let response = try await client.fetch(Self.blob, Self.digest)
            #expect(response.totalSize == 10)
            #expect(try await Self.text(response) == Self.content)
        }
    }

    @Test func saysWhenTheLengthCannotBeLearnt() async throws {
        try await withOrigin { _ in
            [.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n\(Self.content)\r\n0\r\n\r\n")]
        } body: { client, origin in
            let error = await Self.error { try await client.fetch(Self.blob, Self.digest) }
            guard case .badAnswer = error?.reason else { Issue.record("\(String(describing: error))"); return }
            #expect(origin.requests.count == 2)
            let manifest = try await client.fetch(Self.manifest, Self.digest)
            #expect(manifest.totalSize == 10)
            #expect(try await Self.text(manifest) == Self.content)
        }
    }

    /// A body that breaks off says so, after every byte that came.
    @Test(arguments: [ScriptedOrigin.Step.fin, .reset])
    func noticesABodyCutShort(step: ScriptedOrigin.Step) async throws {
        try await withOrigin { _ in
            [.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234"), step]
        } body: { client, _ in
            let error = await Self.error {
                let response = try await client.fetch(Self.blob, Self.digest)
                #expect(response.totalSize == 10)
                _ = try await Self.text(response)
            }
            guard case .unreachable = error?.reason else { Issue.record("\(String(describing: error))"); return }
            #expect(error?.isDefinitive == false)
        }
    }

    @Test func givesUpOnAStalledBody() async throws {
        try await withOrigin { _ in
            [.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234"), .stall]
        } adjust: {
            $0.bodyIdleTimeout = .milliseconds(200)
        } body: { client, _ in
            let error = await Self.error { _ = try await Self.text(try await client.fetch(Self.blob, Self.digest)) }
            // On a machine so busy that the head is late, the same time-out strikes before it.
            guard case .timeout = error?.reason else { Issue.record("\(String(describing: error))"); return }
        }
    }

    @Test func givesUpOnAStalledHead() async throws {
        try await withOrigin { _ in
            [.stall]
        } adjust: {
            $0.headTimeout = .milliseconds(100)
        } body: { client, _ in
            let error = await Self.error { try await client.fetch(Self.blob, Self.digest) }
            #expect(error?.reason == .timeout(.head))
        }
    }

    @Test func saysWhenNobodyListens() async throws {
        let directory = try RegistryDirectory(endpoints: [RegistryEndpoint(parsing: "registry.test=http://127.0.0.1:1")])
        let client = try OriginClient(directory: directory, logger: Rig.silent, sha256: SampleDigest.of)
        let error = await Self.error { try await client.fetch(Self.blob, Self.digest) }
        await client.shutdown()
        guard case .unreachable = error?.reason else { Issue.record("\(String(describing: error))"); return }
    }

    @Test func endsWhenCancelled() async throws {
        let (asked, asking) = AsyncStream<Void>.makeStream()
        try await withOrigin { _ in
            asking.yield()
            return [.stall]
        } body: { client, _ in
            let task = Task { await Self.error { try await client.fetch(Self.blob, Self.digest) } }
            for await _ in asked { break }
            task.cancel()
            #expect(await task.value?.reason == .cancelled)
        }
    }

    @Test func listsTags() async throws {
        try await withOrigin { _ in
            ScriptedOrigin.ok(#"{"tags":[]}"#, [#"Link: </v2/org/app/tags/list?last=z>; rel="next""#])
        } body: { client, origin in
            let document = try await client.tags(registry: "registry.test", repository: "org/app", query: "n=2")
            #expect(document.link == #"</v2/org/app/tags/list?last=z>; rel="next""#)
            #expect(String(buffer: document.body) == #"{"tags":[]}"#)
            #expect(origin.requests[0].target == "/v2/org/app/tags/list?n=2")
        }
    }

    static func text(_ response: OriginResponse) async throws -> String {
        var text = ""
        for try await chunk in response.body { text += String(buffer: chunk) }
        return text
    }

    /// What an operation failed with, when that is an origin error.
    static func error(_ operation: () async throws -> some Any) async -> OriginError? {
        do {
            _ = try await operation()
            return nil
        } catch {
            return error as? OriginError
        }
    }
}

func withOrigin(
    _ script: @escaping @Sendable (RawMessage) -> [ScriptedOrigin.Step], adjust: (inout OriginClient.Configuration) -> Void = { _ in },
    body: (OriginClient, ScriptedOrigin) async throws -> Void
) async throws {
    try await ScriptedOrigin.with(script) { origin in
        try await Rig.client(of: origin, adjust: adjust) { client in try await body(client, origin) }
    }
}

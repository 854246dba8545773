import NIOCore
import Registry
import Swarm
import Testing

/// The mirror over real sockets: every endpoint and header.
@Suite struct MirrorTests {
    static let digest = SampleDigest.a
    static let index = #"{"schemaVersion":2,"mediaType":"\#(MediaType.ociIndex)","manifests":[]}"#

    @Test(arguments: ["/v2/", "/v2", "/v2/?ns=docker.io"])
    func answersPing(target: String) async throws {
        try await Rig.mirror(MemorySource()) { port, _ in
            let answer = try await RawClient.get(target, port: port)
            #expect(answer.status == 200)
            #expect(answer.text == "{}")
            #expect(answer["content-type"] == "application/json")
            #expect(answer["docker-distribution-api-version"] == "registry/2.0")
            #expect(answer["ns"] == nil)
        }
    }

    @Test(arguments: ["GET", "HEAD"])
    func servesManifestsByDigest(method: String) async throws {
        let source = MemorySource()
        await source.put(Self.index, as: Self.digest)
        try await Rig.mirror(source) { port, origin in
            let target = "/v2/ghcr.io/org/app/manifests/\(Self.digest)"
            let answer = try await RawClient.get(
                target, port: port, method: method, fields: ["Accept: text/html", "Accept-Encoding: gzip"])
            #expect(answer.status == 200)
            #expect(answer.text == (method == "GET" ? Self.index : ""))
            Self.expectContentFields(answer, size: Self.index.utf8.count, type: MediaType.ociIndex)
            #expect(await source.opened == [ContentLocation(registry: "ghcr.io", repository: "org/app", kind: .manifest)])
            #expect(await source.passedManifests.count == (method == "GET" ? 1 : 0))
            #expect(origin.requests.isEmpty)
        }
    }

    @Test(arguments: ["GET", "HEAD"])
    func servesManifestsByTag(method: String) async throws {
        let source = MemorySource()
        await source.put(Self.index, as: Self.digest)
        try await Rig.mirror(source, origin: Self.namesTheDigest) { port, origin in
            let answer = try await RawClient.get("/v2/org/app/manifests/v1?ns=registry.test", port: port, method: method)
            #expect(answer.status == 200)
            Self.expectContentFields(answer, size: Self.index.utf8.count, type: MediaType.ociIndex)
            #expect(answer["oci-namespace"] == "registry.test")
            #expect(origin.requests.map(\.startLine) == ["HEAD /v2/org/app/manifests/v1 HTTP/1.1"])
        }
    }

    @Test func takesOthersWordForATag() async throws {
        let source = MemorySource()
        await source.put(Self.index, as: Self.digest)
        let location = TagLocation(registry: "registry.test", repository: "org/app", tag: "v1")
        await source.share(KnownTag(tag: ResolvedTag(digest: Self.digest, size: nil, mediaType: nil), age: .seconds(20)), for: location)
        try await Rig.mirror(source, origin: Self.namesTheDigest) { port, origin async throws in
            #expect(try await RawClient.get("/v2/org/app/manifests/v1", port: port).text == Self.index)
            #expect(origin.requests.isEmpty)
            #expect(await source.recall(location)?.age == .seconds(20), "it is as old as it was")
        }
    }

    @Test func servesTheRememberedTagWhenTheOriginIsDown() async throws {
        let source = MemorySource()
        await source.put(Self.index, as: Self.digest)
        let location = TagLocation(registry: "registry.test", repository: "org/app", tag: "v1")
        await source.remember(KnownTag(tag: ResolvedTag(digest: Self.digest, size: nil, mediaType: nil), age: .zero), for: location)
        await source.grow(location, old: .seconds(3600))
        try await Rig.mirror(source, origin: { _ in [.reset] }) { port, _ async throws in
            #expect(try await RawClient.get("/v2/org/app/manifests/v1", port: port).text == Self.index)
            #expect(try await RawClient.get("/v2/org/app/manifests/v2", port: port).status == 502)
        }
        try await Rig.mirror(source, origin: { _ in ScriptedOrigin.ok("", status: "404 Not Found") }) { port, _ async throws in
            #expect(try await RawClient.get("/v2/org/app/manifests/v1", port: port).status == 404)
        }
    }

    @Test func servesBlobs() async throws {
        let source = MemorySource()
        await source.put("0123456789", as: Self.digest)
        await source.put("", as: SampleDigest.sha512)
        let heard = Listener()
        try await Rig.mirror(source, observer: heard) { port, _ in
            let answer = try await RawClient.get("/v2/busybox/blobs/\(Self.digest)?ns=docker.io", port: port)
            #expect(answer.status == 200)
            #expect(answer.text == "0123456789")
            Self.expectContentFields(answer, size: 10, type: "application/octet-stream")
            #expect(answer["content-range"] == nil)
            #expect(await source.opened == [ContentLocation(registry: "docker.io", repository: "library/busybox", kind: .blob)])
            let empty = try await RawClient.get("/v2/app/blobs/\(SampleDigest.sha512)", port: port)
            #expect(empty.status == 200)
            #expect(empty["content-length"] == "0")
        }
        #expect(heard.bytes == 10)
        #expect(heard.firstBytes == 1)
        #expect(heard.statuses == [200, 200])
    }

    @Test(
        arguments: [
            ("bytes=500-1499", 206, "bytes 500-1499/2048", 1000), ("bytes=500-", 206, "bytes 500-2047/2048", 1548),
            ("bytes=-500", 206, "bytes 1548-2047/2048", 500), ("bytes=2000-5000", 206, "bytes 2000-2047/2048", 48),
            ("bytes=500-0", 416, "bytes */2048", nil), ("bytes=5000-10000", 416, "bytes */2048", nil),
            ("lines=1-2", 200, nil, 2048),
        ] as [(String, Int, String?, Int?)])
    func servesRanges(header: String, status: Int, contentRange: String?, length: Int?) async throws {
        let source = MemorySource()
        let bytes = (0..<2048).map { UInt8(truncatingIfNeeded: $0 / 7) }
        await source.put(MemorySource.Blob(bytes: bytes), as: Self.digest)
        try await Rig.mirror(source) { port, _ in
            let answer = try await RawClient.get("/v2/app/blobs/\(Self.digest)", port: port, fields: ["Range: \(header)"])
            #expect(answer.status == status)
            #expect(answer["content-range"] == contentRange)
            if let length {
                #expect(answer["content-length"] == "\(length)")
                let start = ByteRange(parsing: header).map { $0.selection(ofSize: 2048) }
                if case .part(let range) = start { #expect(answer.body == Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)])) }
            } else {
                #expect(answer.text.contains(#""code":"#))
            }
        }
        // Whatever the answer, the blob was let go.
        var closes = source.closes.makeAsyncIterator()
        #expect(await closes.next() == Self.digest)
    }

    @Test func answersConditions() async throws {
        let source = MemorySource()
        await source.put("0123456789", as: Self.digest)
        await source.put(Self.index, as: SampleDigest.b)
        try await Rig.mirror(source) { port, _ in
            let blob = "/v2/app/blobs/\(Self.digest)"
            let same = try await RawClient.get(blob, port: port, fields: ["If-None-Match: \"x\", W/\"\(Self.digest)\""])
            #expect(same.status == 304)
            #expect(same["etag"] == "\"\(Self.digest)\"")
            let manifest = try await RawClient.get(
                "/v2/app/manifests/\(SampleDigest.b)", port: port, fields: ["If-None-Match: \"\(SampleDigest.b)\""])
            #expect(manifest.status == 304)
            #expect(manifest.body.isEmpty)
            #expect(try await RawClient.get(blob, port: port, fields: ["If-None-Match: \"x\""]).status == 200)
            #expect(try await RawClient.get(blob, port: port, fields: ["If-Range: \"x\"", "Range: bytes=1-2"]).status == 200)
            let part = try await RawClient.get(blob, port: port, fields: ["If-Range: \"\(Self.digest)\"", "Range: bytes=1-2"])
            #expect(part.text == "12")
        }
    }

    @Test func answersBlobHEAD() async throws {
        let source = MemorySource()
        await source.put("0123456789", as: Self.digest)
        await source.put(MemorySource.Blob(bytes: [1, 2, 3], isHeld: false), as: SampleDigest.b)
        try await Rig.mirror(
            source,
            origin: { request in
                request.target.contains("\(SampleDigest.sha512)")
                    ? ScriptedOrigin.ok("1234567", omitBody: true) : ScriptedOrigin.ok("", status: "401 No")
            }
        ) { port, _ in
            for (digest, size) in [(Self.digest, "10"), (SampleDigest.b, "3"), (SampleDigest.sha512, "7")] {
                let answer = try await RawClient.get("/v2/app/blobs/\(digest)", port: port, method: "HEAD")
                #expect(answer.status == 200)
                #expect(answer["content-length"] == size)
                #expect(answer["docker-content-digest"] == "\(digest)")
                #expect(answer.body.isEmpty)
            }
            let missing = try await RawClient.get("/v2/app/blobs/\(SampleDigest.of([9]))", port: port, method: "HEAD")
            #expect(missing.status == 404)
            #expect(missing.body.isEmpty)
        }
    }

    @Test func passesTagsThrough() async throws {
        try await Rig.mirror(
            MemorySource(),
            origin: { request in
                request.target == "/v2/org/app/tags/list?n=2"
                    ? ScriptedOrigin.ok(
                        #"{"tags":["a","b"]}"#,
                        [
                            #"Link: <http://elsewhere/v2/org/app/tags/list?last=b&n=2>; rel="next""#,
                            "Content-Type: application/json; charset=utf-8",
                        ])
                    : [.reset]
            }
        ) { port, _ in
            let answer = try await RawClient.get("/v2/registry.test/org/app/tags/list?n=2", port: port)
            #expect(answer.status == 200)
            #expect(answer.text == #"{"tags":["a","b"]}"#)
            #expect(answer["content-type"] == "application/json")
            #expect(answer["link"] == #"</v2/registry.test/org/app/tags/list?last=b&n=2>; rel="next""#)
            #expect(try await RawClient.get("/v2/org/app/tags/list", port: port).status == 502)
        }
    }

    @Test func passesReferrersThrough() async throws {
        try await Rig.mirror(
            MemorySource(),
            origin: { request in
                request.target == "/v2/app/referrers/\(Self.digest)?artifactType=x"
                    ? ScriptedOrigin.ok(Self.index, ["OCI-Filters-Applied: artifactType", "Content-Type: \(MediaType.ociIndex)"])
                    : ScriptedOrigin.ok("", status: "404 Not Found")
            }
        ) { port, _ in
            let answer = try await RawClient.get("/v2/app/referrers/\(Self.digest)?artifactType=x&ns=registry.test", port: port)
            #expect(answer.status == 200)
            #expect(answer["oci-filters-applied"] == "artifactType")
            #expect(answer["content-type"] == MediaType.ociIndex)
            #expect(try await RawClient.get("/v2/app/referrers/\(SampleDigest.b)", port: port).status == 404)
        }
    }

    @Test(arguments: ["POST", "PUT", "PATCH", "DELETE"])
    func refusesWrites(method: String) async throws {
        try await Rig.mirror(MemorySource()) { port, _ in
            let answer = try await RawClient.get("/v2/app/blobs/uploads/", port: port, method: method, fields: ["Content-Length: 0"])
            #expect(answer.status == 405)
            #expect(answer["allow"] == "GET, HEAD")
            #expect(answer.text.contains(#""code":"UNSUPPORTED""#))
        }
    }

    @Test(arguments: [
        ("/v2/_catalog", 404, "UNSUPPORTED"), ("/", 404, "UNSUPPORTED"), ("/v1/_ping", 404, "UNSUPPORTED"),
        ("/v2/app/blobs/sha256:baddigeststring", 400, "DIGEST_INVALID"), ("/v2/app/manifests/sha256:00", 400, "DIGEST_INVALID"),
        ("/v2/App/manifests/x", 400, "NAME_INVALID"), ("/v2/app/manifests/-x", 404, "MANIFEST_UNKNOWN"),
        ("/v2/%2e%2e/manifests/x", 400, "NAME_INVALID"), ("/v2/a.b:1/app/manifests/x?ns=docker.io", 400, "NAME_INVALID"),
        ("/v2/app/manifests/x?ns=a%20b", 400, "NAME_INVALID"), ("/v2/app/blobs/\(SampleDigest.b)", 404, "BLOB_UNKNOWN"),
        ("/v2/app/manifests/\(SampleDigest.b)", 404, "MANIFEST_UNKNOWN"), ("/v2/app/manifests/nope", 404, "MANIFEST_UNKNOWN"),
    ])
    func answersErrorsAsDocuments(target: String, status: Int, code: String) async throws {
        try await Rig.mirror(MemorySource(), origin: { _ in ScriptedOrigin.ok("", status: "404 Not Found") }) { port, _ in
            let answer = try await RawClient.get(target, port: port)
            #expect(answer.status == status)
            #expect(answer.text.contains("\"code\":\"\(code)\""))
            #expect(answer["content-type"] == "application/json")
            #expect(answer["docker-distribution-api-version"] == "registry/2.0")
        }
    }

    /// Blobs are 404 whatever the reason; manifests tell the difference; 408 and 429 are never sent.
    @Test(arguments: [
        (ContentError.unavailable("the origin limits the rate"), 404, 502), (.denied("credentials"), 404, 403),
        (.notFound("gone"), 404, 404),
    ])
    func answersFailures(error: ContentError, blob: Int, manifest: Int) async throws {
        let source = MemorySource()
        await source.fail(with: error)
        try await Rig.mirror(source) { port, _ in
            let failedBlob = try await RawClient.get("/v2/app/blobs/\(Self.digest)", port: port)
            #expect(failedBlob.status == blob)
            #expect(failedBlob.text.contains(error.description))
            #expect(try await RawClient.get("/v2/app/manifests/\(Self.digest)", port: port).status == manifest)
        }
    }

    /// With a size and not a text that long: arguments are printed, and all other tests wait while four megabytes are.
    @Test(arguments: [("not json", 0, 502), ("", Int(Manifest.limitBytes) + 1, 502)])
    func servesNothingButManifestsAsManifests(text: String, spaces: Int, status: Int) async throws {
        let source = MemorySource()
        await source.put(text + String(repeating: " ", count: spaces), as: Self.digest)
        try await Rig.mirror(source) { port, _ async throws in
            #expect(try await RawClient.get("/v2/app/manifests/\(Self.digest)", port: port).status == status)
        }
        var closes = source.closes.makeAsyncIterator()
        #expect(await closes.next() == Self.digest)
    }

    static let namesTheDigest: @Sendable (RawMessage) -> [ScriptedOrigin.Step] = { _ in
        ScriptedOrigin.ok(index, ["Docker-Content-Digest: \(digest)"], omitBody: true)
    }

    static func expectContentFields(_ answer: RawMessage, size: Int, type: String) {
        #expect(answer.all("content-length") == ["\(size)"])
        #expect(answer.all("content-type") == [type])
        #expect(answer["docker-content-digest"] == "\(digest)")
        #expect(answer["etag"] == "\"\(digest)\"")
        #expect(answer["accept-ranges"] == "bytes")
        #expect(answer["docker-distribution-api-version"] == "registry/2.0")
        #expect(answer["content-encoding"] == nil)
    }
}

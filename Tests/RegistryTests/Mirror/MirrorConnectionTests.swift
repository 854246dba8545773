import NIOConcurrencyHelpers
import NIOCore
import Registry
import Swarm
import Testing

/// What the mirror does to connections: keeps them, ends them in order, and lets go of what a client no longer wants.
@Suite struct MirrorConnectionTests {
    static let digest = SampleDigest.a
    /// More than sockets buffer.
    static let large = [UInt8](repeating: 7, count: 64 << 20)

    @Test func answersPipelinedRequestsInOrder() async throws {
        let source = MemorySource()
        await source.put("first", as: SampleDigest.a)
        await source.put("second", as: SampleDigest.b)
        try await Rig.mirror(source) { port, _ in
            let bytes = try await RawClient.with(port: port) { session in
                try await session.send(
                    [SampleDigest.a, SampleDigest.b].map { "GET /v2/app/blobs/\($0) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined()
                )
                let both = try await session.read { String(decoding: $0, as: UTF8.self).hasSuffix("second") }
                // The connection is still good afterwards.
                try await session.send("GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n")
                return both + (try await session.read { String(decoding: $0, as: UTF8.self).hasSuffix("{}") })
            }
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(text.components(of: "HTTP/1.1 200 OK") == 3)
            #expect(text.contains("\r\n\r\nfirstHTTP/1.1 200 OK"))
        }
    }

    /// containerd resumes after an orderly end, and gives up after a reset; reading to the end throws on a reset.
    @Test(arguments: [false, true])
    func endsAFailingBodyShortWithFIN(isInFile: Bool) async throws {
        let source = MemorySource()
        let bytes = [UInt8](repeating: 7, count: 3 << 20)
        let failure = ContentError.unavailable("every peer has gone")
        let file = isInFile ? try TestFile(bytes) : nil
        await source.put(MemorySource.Blob(bytes: bytes, file: file, fails: (at: 2 << 20, with: failure)), as: Self.digest)
        try await Rig.mirror(source) { port, _ in
            let answer = try await RawClient.with(port: port) { session in
                try await session.send("GET /v2/app/blobs/\(Self.digest) HTTP/1.1\r\nHost: x\r\n\r\n")
                return RawMessage(parsing: try await session.readToEnd())
            }
            #expect(answer?.status == 200)
            #expect(answer?["content-length"] == "\(3 << 20)")
            #expect(answer?.body.count == 2 << 20)
        }
        var closes = source.closes.makeAsyncIterator()
        #expect(await closes.next() == Self.digest)
    }

    /// What a client gets that resumes where a body ended short: not another empty body, but a reason to go elsewhere.
    @Test(arguments: ["Range: bytes=1000-", "Range: bytes=1500-1600"])
    func refusesAtOnceWhatCannotCome(field: String) async throws {
        let source = MemorySource()
        let blob = MemorySource.Blob(
            bytes: [UInt8](repeating: 7, count: 2000), fails: (at: 1000, with: .unavailable("every peer has gone")))
        await source.put(blob, as: Self.digest)
        try await Rig.mirror(source) { port, _ in
            let answer = try await RawClient.get("/v2/app/blobs/\(Self.digest)", port: port, fields: [field])
            #expect(answer.status == 404)
            #expect(answer.text.contains("every peer has gone"))
            #expect(answer["content-range"] == nil)
        }
        var closes = source.closes.makeAsyncIterator()
        #expect(await closes.next() == Self.digest)
    }

    @Test(arguments: [false, true])
    func closesTheConnectionOfAClientThatTakesNothing(isInFile: Bool) async throws {
        let source = MemorySource()
        let file = isInFile ? try TestFile(Self.large) : nil
        await source.put(MemorySource.Blob(bytes: Self.large, file: file), as: Self.digest)
        try await Rig.mirror(source, adjust: { $0.limits.writeStall = .milliseconds(50) }) { port, _, _ in
            try await RawClient.with(port: port) { session in
                try await session.send("GET /v2/app/blobs/\(Self.digest) HTTP/1.1\r\nHost: x\r\n\r\n")
                var closes = source.closes.makeAsyncIterator()
                #expect(await closes.next() == Self.digest)
            }
        }
        // Nor is more fetched for it than sockets buffer.
        #expect(source.read.withLockedValue { $0 } < UInt64(Self.large.count))
    }

    @Test(arguments: [false, true])
    func finishesARunningBodyAtShutdown(isInFile: Bool) async throws {
        let source = MemorySource()
        let file = isInFile ? try TestFile(Self.large) : nil
        await source.put(MemorySource.Blob(bytes: Self.large, file: file), as: Self.digest)
        try await Rig.mirror(source) { port, _, shutDown in
            try await RawClient.with(port: port) { session in
                try await session.send("GET /v2/app/blobs/\(Self.digest) HTTP/1.1\r\nHost: x\r\n\r\n")
                let head = try await session.read { !$0.isEmpty }
                await shutDown()
                let rest = try await session.readToEnd()
                #expect(RawMessage(parsing: head + rest)?.body.count == Self.large.count)
            }
        }
    }

    @Test(arguments: [false, true])
    func cutsOffABodyThatOutlastsTheGrace(isInFile: Bool) async throws {
        let source = MemorySource()
        let bytes = [UInt8](repeating: 7, count: 20_000)
        let file = isInFile ? try TestFile(bytes) : nil
        await source.put(MemorySource.Blob(bytes: bytes, file: file, stallsAt: 1000), as: Self.digest)
        try await Rig.mirror(source, adjust: { $0.shutdownGrace = .milliseconds(50) }) { port, _, shutDown in
            try await RawClient.with(port: port) { session in
                try await session.send("GET /v2/app/blobs/\(Self.digest) HTTP/1.1\r\nHost: x\r\n\r\n")
                let head = try await session.read { (RawMessage(parsing: $0)?.body.count ?? 0) == 1000 }
                await shutDown()
                #expect(try await session.readToEnd().isEmpty)
                #expect(!head.isEmpty)
            }
            var closes = source.closes.makeAsyncIterator()
            #expect(await closes.next() == Self.digest)
        }
    }

    /// `--registry NAME=URL` with the mirror's own address.
    @Test func noticesThatItIsItsOwnOrigin() async throws {
        try await Rig.mirror(
            MemorySource(),
            origin: { request in
                ScriptedOrigin.ok(request["via"] ?? "", ["Docker-Content-Digest: nonsense"])
            }
        ) { port, origin in
            _ = try await RawClient.get("/v2/app/manifests/x", port: port)
            let via = try #require(origin.requests.first?["via"])
            #expect(try await RawClient.get("/v2/app/manifests/x", port: port, fields: ["Via: 1.0 fred, \(via)"]).status == 508)
            #expect(try await RawClient.get("/v2/", port: port, fields: ["Via: 1.0 fred"]).status == 200)
        }
    }

    @Test(arguments: [false, true])
    func letsGoOfABlobWhoseClientHasGone(isInFile: Bool) async throws {
        let source = MemorySource()
        let bytes = [UInt8](repeating: 7, count: 20_000)
        let file = isInFile ? try TestFile(bytes) : nil
        await source.put(MemorySource.Blob(bytes: bytes, file: file, stallsAt: 1000), as: Self.digest)
        try await Rig.mirror(source) { port, _ in
            try await RawClient.with(port: port) { session in
                try await session.send("GET /v2/app/blobs/\(Self.digest) HTTP/1.1\r\nHost: x\r\n\r\n")
                _ = try await session.read { (RawMessage(parsing: $0)?.body.count ?? 0) == 1000 }
            }
            var closes = source.closes.makeAsyncIterator()
            #expect(await closes.next() == Self.digest)
        }
    }

    @Test(arguments: [false, true])
    func letsGoOfABlobThatNobodyReads(isInFile: Bool) async throws {
        let source = MemorySource()
        let file = isInFile ? try TestFile(Self.large) : nil
        await source.put(MemorySource.Blob(bytes: Self.large, file: file), as: Self.digest)
        try await Rig.mirror(source) { port, _ in
            try await RawClient.with(port: port) { session in
                try await session.send("GET /v2/app/blobs/\(Self.digest) HTTP/1.1\r\nHost: x\r\n\r\n")
                _ = try await session.read { $0.count > 1000 }
            }
            var closes = source.closes.makeAsyncIterator()
            #expect(await closes.next() == Self.digest)
        }
    }

    @Test func namesThePortThatIsTaken() async throws {
        try await Rig.mirror(MemorySource()) { port, origin in
            try await Rig.client(of: origin) { client in
                var configuration = Mirror.Configuration()
                configuration.port = port
                let mirror = Mirror(configuration: configuration, source: MemorySource(), origin: client, logger: Rig.silent)
                let error = await #expect(throws: MirrorError.self) { try await mirror.run() }
                #expect(error?.description.hasPrefix("the mirror cannot listen on 127.0.0.1:\(port)") == true)
            }
        }
    }
}

extension String {
    fileprivate func components(of part: String) -> Int { self.ranges(of: part).count }
}

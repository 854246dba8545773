import NIOConcurrencyHelpers
import Registry
import Swarm
import Testing

/// Blobs that are still coming, and are in a file as far as they have come: what is sent of them, and in which order.
@Suite struct StreamedBlobTests {
    static let digest = SampleDigest.a
    static let target = "/v2/app/blobs/\(SampleDigest.a)"
    static let request = "GET \(target) HTTP/1.1\r\nHost: x\r\n\r\n"
    /// Several chunks and a bit.
    static let large = (3 << 20) + 5

    static func source(of bytes: [UInt8]) async throws -> (MemorySource, TestFile) {
        let (source, file) = (MemorySource(), try TestFile(bytes))
        await source.put(MemorySource.Blob(bytes: bytes, file: file), as: digest)
        return (source, file)
    }

    @Test(arguments: [0, 1, 16 << 10, (16 << 10) + 1, 1 << 20, large])
    func streamsTheFile(size: Int) async throws {
        let (source, file) = try await Self.source(of: HeldBlobTests.pattern(size))
        let heard = Listener()
        try await Rig.mirror(source, observer: heard) { port, _ in
            let answer = try await RawClient.get(Self.target, port: port)
            #expect(answer.status == 200)
            #expect(answer.body == file.bytes)
            #expect(answer["content-length"] == "\(size)")
            #expect(answer["transfer-encoding"] == nil)
            await file.letGo()
        }
        #expect(file.openCount == 0)
        #expect(heard.bytes == size)
        #expect(heard.firstBytes == (size > 0 ? 1 : 0))
        #expect(heard.statuses == [200])
    }

    @Test(arguments: [1..<20, 500_000..<3_000_000, (large - 70_000)..<large])
    func streamsRangesOfTheFile(range: Range<Int>) async throws {
        let (source, file) = try await Self.source(of: HeldBlobTests.pattern(Self.large))
        try await Rig.mirror(source) { port, _ in
            let field = "Range: bytes=\(range.lowerBound)-\(range.upperBound - 1)"
            let answer = try await RawClient.get(Self.target, port: port, fields: [field])
            #expect(answer.status == 206)
            #expect(answer["content-range"] == "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(Self.large)")
            #expect(answer.body == Array(file.bytes[range]))
        }
    }

    /// Bodies in memory, in files, and of held blobs leave by different ways.
    @Test func keepsTheConnectionAndTheOrderOfAnswers() async throws {
        let (source, file) = try await Self.source(of: HeldBlobTests.pattern(Self.large))
        let third = SampleDigest.of([3])
        let held = try TestFile(HeldBlobTests.pattern(100_000))
        let memory = HeldBlobTests.pattern(2_000_000)
        source.files.withLockedValue { $0[SampleDigest.b] = held }
        await source.put(MemorySource.Blob(bytes: held.bytes), as: SampleDigest.b)
        await source.put(MemorySource.Blob(bytes: memory), as: third)
        let requests = [SampleDigest.b, third].map { "GET /v2/app/blobs/\($0) HTTP/1.1\r\nHost: x\r\n\r\n" }
        let bodies = [file.bytes, held.bytes, file.bytes, memory, file.bytes, held.bytes]
        try await Rig.mirror(source) { port, _ in
            let bytes = try await RawClient.with(port: port) { session in
                // One at a time, then all at once.
                try await session.send(Self.request)
                let first = try await session.read { $0.count > file.bytes.count && $0.suffix(1000) == file.bytes.suffix(1000) }
                try await session.send(requests[0] + Self.request + requests[1] + Self.request + requests[0])
                try await session.send("GET /v2/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                return first + (try await session.readToEnd())
            }
            var rest = bytes[...]
            for body in bodies {
                let message = try #require(RawMessage(parsing: Array(rest.prefix(1000))))
                #expect(message.status == 200)
                rest = rest.dropFirst(min(rest.count, 1000) - message.body.count)
                #expect(rest.prefix(body.count).elementsEqual(body))
                rest = rest.dropFirst(body.count)
            }
            #expect(String(decoding: rest, as: UTF8.self).hasSuffix("{}"))
        }
        #expect(file.openCount == 0)
    }

    /// containerd resumes after an orderly end, and gives up after a reset; reading to the end throws on a reset.
    @Test func endsTheBodyOfAFileThatWasCutOffWithFIN() async throws {
        let (source, file) = try await Self.source(of: MirrorConnectionTests.large)
        try await Rig.mirror(source) { port, _ in
            try await RawClient.expectFIN(where: file, isCutOffBeneath: Self.request, port: port)
            await file.letGo()
        }
        #expect(file.openCount == 0)
    }

    @Test(arguments: [1000, large])
    func refusesAFileThatIsCutOff(size: Int) async throws {
        let (source, file) = try await Self.source(of: HeldBlobTests.pattern(size))
        try file.cut(to: 500)
        try await Rig.mirror(source) { port, _ in
            let answer = try await RawClient.get(Self.target, port: port)
            #expect(answer.status == 404)
        }
    }

    @Test func readsAManifestFromAFile() async throws {
        let text = #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#
        let (source, _) = try await Self.source(of: Array(text.utf8))
        try await Rig.mirror(source) { port, _ in
            let answer = try await RawClient.get("/v2/app/manifests/\(Self.digest)", port: port)
            #expect(answer.status == 200)
            #expect(answer.text == text)
        }
    }
}

import NIOConcurrencyHelpers
import Registry
import Swarm
import Testing

/// Blobs that are held whole, over real sockets: what is sent of them, in which order, and when their files are let go.
@Suite struct HeldBlobTests {
    static let digest = SampleDigest.a
    static let target = "/v2/app/blobs/\(SampleDigest.a)"
    static let request = "GET \(target) HTTP/1.1\r\nHost: x\r\n\r\n"
    /// Several chunks and a bit.
    static let large = (3 << 20) + 5

    static func source(holding bytes: [UInt8]) throws -> (MemorySource, TestFile) {
        let (source, file) = (MemorySource(), try TestFile(bytes))
        source.files.withLockedValue { $0[Self.digest] = file }
        return (source, file)
    }

    static func pattern(_ size: Int) -> [UInt8] { (0..<size).map { UInt8(truncatingIfNeeded: $0 / 7 ^ $0 >> 13) } }

    @Test(arguments: [0, 1, 64 << 10, (64 << 10) + 1, large])
    func servesTheFile(size: Int) async throws {
        let (source, file) = try Self.source(holding: Self.pattern(size))
        let heard = Listener()
        try await Rig.mirror(source, observer: heard) { port, _ in
            let answer = try await RawClient.get("\(Self.target)?ns=docker.io", port: port)
            #expect(answer.status == 200)
            #expect(answer.body == file.bytes)
            #expect(answer["content-length"] == "\(size)")
            #expect(answer["content-type"] == "application/octet-stream")
            #expect(answer["docker-content-digest"] == "\(Self.digest)")
            #expect(answer["etag"] == "\"\(Self.digest)\"")
            #expect(answer["accept-ranges"] == "bytes")
            #expect(answer["docker-distribution-api-version"] == "registry/2.0")
            #expect(answer["oci-namespace"] == "docker.io")
            #expect(answer["date"]?.contains(#/^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} 20\d\d \d\d:\d\d:\d\d GMT$/#) == true)
            await file.letGo()
        }
        #expect(await source.opened.isEmpty)
        #expect(file.openCount == 0)
        #expect(heard.bytes == size)
        #expect(heard.firstBytes == (size > 0 ? 1 : 0))
        #expect(heard.statuses == [200])
    }

    @Test(
        arguments: [
            ("bytes=0-0", 206, 0..<1), ("bytes=500000-2999999", 206, 500_000..<3_000_000), ("bytes=3145700-", 206, 3_145_700..<large),
            ("bytes=-70000", 206, (large - 70_000)..<large), ("lines=1-2", 200, 0..<large),
        ] as [(String, Int, Range<Int>)])
    func servesRangesOfTheFile(header: String, status: Int, range: Range<Int>) async throws {
        let (source, file) = try Self.source(holding: Self.pattern(Self.large))
        try await Rig.mirror(source) { port, _ in
            let answer = try await RawClient.get(Self.target, port: port, fields: ["Range: \(header)"])
            #expect(answer.status == status)
            #expect(
                answer["content-range"] == (status == 206 ? "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(Self.large)" : nil))
            #expect(answer["content-length"] == "\(range.count)")
            #expect(answer.body == Array(file.bytes[range]))
        }
        #expect(await source.opened.isEmpty)
    }

    @Test func answersConditionsAndHEAD() async throws {
        let (source, file) = try Self.source(holding: Self.pattern(Self.large))
        let heard = Listener()
        try await Rig.mirror(source, observer: heard) { port, _ in
            let head = try await RawClient.get(Self.target, port: port, method: "HEAD", fields: ["Range: bytes=1-2"])
            #expect(head.status == 200)
            #expect(head["content-length"] == "\(Self.large)")
            #expect(head.body.isEmpty)
            let same = try await RawClient.get(
                Self.target, port: port, fields: ["If-None-Match: \"x\"", "If-None-Match: \"\(Self.digest)\""])
            #expect(same.status == 304)
            #expect(same["content-length"] == nil)
            #expect(same["etag"] == "\"\(Self.digest)\"")
            let other = try await RawClient.get(Self.target, port: port, fields: ["If-Range: \"x\"", "Range: bytes=1-2"])
            #expect(other.status == 200)
            #expect(other.body.count == Self.large)
            let part = try await RawClient.get(Self.target, port: port, fields: ["If-Range: \"\(Self.digest)\"", "Range: bytes=1-2"])
            #expect(part.body == Array(file.bytes[1...2]))
        }
        #expect(heard.statuses == [200, 304, 200, 206])
        #expect(heard.bytes == Self.large + 2)
    }

    /// What must be refused is refused as it would be if the blob were not held.
    @Test(arguments: [
        ("/v2/UPPER/blobs/\(digest)", [], 400), ("/v2/app/blobs/\(digest)?ns=%21", [], 400), ("/v2//blobs/\(digest)", [], 400),
        ("/v2/app/blobs/x\(digest)", [], 400), ("/v1/app/blobs/\(digest)", [], 404), (target, ["Range: bytes=9999999-"], 416),
    ])
    func refusesAsEver(target: String, fields: [String], status: Int) async throws {
        let (source, file) = try Self.source(holding: Self.pattern(10))
        await source.put(MemorySource.Blob(bytes: file.bytes), as: Self.digest)
        try await Rig.mirror(source) { port, _ in
            // Twice, as the first answer might be remembered.
            for _ in 1...2 {
                let answer = try await RawClient.get(target, port: port, fields: fields)
                #expect(answer.status == status)
                #expect(answer.text.contains(#""code":"#))
            }
        }
        #expect(file.openCount == 0)
    }

    @Test func keepsTheOrderOfPipelinedRequests() async throws {
        let (source, file) = try Self.source(holding: Self.pattern(Self.large))
        // What is asked for right behind something that is not held is served the ordinary way too.
        await source.put(MemorySource.Blob(bytes: file.bytes), as: Self.digest)
        await source.put("from elsewhere", as: SampleDigest.b)
        let other = "GET /v2/app/blobs/\(SampleDigest.b) HTTP/1.1\r\nHost: x\r\n\r\n"
        try await Rig.mirror(source) { port, _ in
            let bytes = try await RawClient.with(port: port) { session in
                try await session.send(other + Self.request + Self.request + other + other + "HEAD " + Self.request.dropFirst(4))
                try await session.send("GET /v2/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                return try await session.readToEnd()
            }
            var rest = bytes[...]
            let elsewhere = Array("from elsewhere".utf8)
            for expected in [elsewhere, file.bytes, file.bytes, elsewhere, elsewhere, []] {
                let message = try #require(RawMessage(parsing: Array(rest.prefix(1000))))
                #expect(message.status == 200)
                let headLength = min(rest.count, 1000) - message.body.count
                rest = rest.dropFirst(headLength)
                #expect(Array(rest.prefix(expected.count)) == expected)
                rest = rest.dropFirst(expected.count)
            }
            #expect(String(decoding: rest, as: UTF8.self).hasSuffix("{}"))
        }
        #expect(file.openCount == 0)
    }

    @Test func servesAClientThatHasNothingMoreToAsk() async throws {
        let (source, file) = try Self.source(holding: Self.pattern(Self.large))
        try await Rig.mirror(source) { port, _ in
            let bytes = try await RawClient.with(port: port) { session in
                try await session.send(Self.request)
                try await session.shutDownOutput()
                return try await session.readToEnd()
            }
            #expect(RawMessage(parsing: bytes)?.body == file.bytes)
        }
    }
}

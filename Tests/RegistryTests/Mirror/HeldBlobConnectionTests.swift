import Registry
import Swarm
import Testing

/// Held blobs and clients that stall, leave, or stay too long.
@Suite struct HeldBlobConnectionTests {
    /// More than sockets buffer.
    static let bytes = [UInt8](repeating: 7, count: 64 << 20)

    @Test func closesTheConnectionOfAClientThatTakesNothing() async throws {
        let (source, file) = try HeldBlobTests.source(holding: Self.bytes)
        try await Rig.mirror(source, adjust: { $0.limits.writeStall = .milliseconds(50) }) { port, _, _ in
            try await RawClient.with(port: port) { session in
                try await session.send(HeldBlobTests.request)
                await file.letGo()
            }
        }
        #expect(file.openCount == 0)
    }

    @Test func letsGoOfAFileWhoseClientHasGone() async throws {
        let (source, file) = try HeldBlobTests.source(holding: Self.bytes)
        try await Rig.mirror(source) { port, _ in
            try await RawClient.with(port: port) { session in
                try await session.send(HeldBlobTests.request)
                _ = try await session.read { $0.count > 1000 }
            }
            await file.letGo()
        }
        #expect(file.openCount == 0)
    }

    /// containerd resumes after an orderly end, and gives up after a reset; reading to the end throws on a reset.
    @Test func endsTheBodyOfAFileThatWasCutOffWithFIN() async throws {
        let (source, file) = try HeldBlobTests.source(holding: Self.bytes)
        try await Rig.mirror(source) { port, _ in
            try await RawClient.expectFIN(where: file, isCutOffBeneath: HeldBlobTests.request, port: port)
            await file.letGo()
        }
    }

    /// The disk fails before anything was said: the ordinary way says why.
    @Test func asksTheSwarmForWhatCannotBeRead() async throws {
        let (source, file) = try HeldBlobTests.source(holding: HeldBlobTests.pattern(1000))
        try file.cut(to: 500)
        await source.fail(with: .unavailable("the disk is broken"))
        try await Rig.mirror(source) { port, _ in
            let answer = try await RawClient.get(HeldBlobTests.target, port: port)
            #expect(answer.status == 404)
            #expect(answer.text.contains("the disk is broken"))
        }
    }

    @Test func finishesARunningBodyAtShutdown() async throws {
        let (source, _) = try HeldBlobTests.source(holding: Self.bytes)
        try await Rig.mirror(source) { port, _, shutDown in
            try await RawClient.with(port: port) { session in
                try await session.send(HeldBlobTests.request)
                let head = try await session.read { !$0.isEmpty }
                await shutDown()
                let rest = try await session.readToEnd()
                #expect(RawMessage(parsing: head + rest)?.body.count == Self.bytes.count)
            }
        }
    }

    @Test func cutsOffABodyThatOutlastsTheGrace() async throws {
        let (source, file) = try HeldBlobTests.source(holding: Self.bytes)
        try await Rig.mirror(source, adjust: { $0.shutdownGrace = .milliseconds(50) }) { port, _, shutDown in
            try await RawClient.with(port: port) { session in
                try await session.send(HeldBlobTests.request)
                _ = try await session.read { !$0.isEmpty }
                await shutDown()
                await file.letGo()
            }
        }
        #expect(file.openCount == 0)
    }

    @Test(arguments: ["", HeldBlobTests.request, "GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n", "GET /v2/ HT"])
    func closesAnIdleConnection(after request: String) async throws {
        let (source, _) = try HeldBlobTests.source(holding: [1, 2, 3])
        try await Rig.mirror(source, adjust: { $0.limits.idle = .milliseconds(50) }) { port, _, _ in
            try await RawClient.with(port: port) { session in
                // On a busy machine the request comes too late, and is answered with a reset.
                try? await session.send(request)
                _ = try? await session.readToEnd()
            }
        }
    }
}

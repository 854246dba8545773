import Swarm
import Testing

/// Encode, decode, compare; truncate; mutate.
@Suite struct MessageCodecTests {
    @Test(arguments: WireSamples.peer)
    func peerMessages(message: PeerMessage) throws {
        try expectRoundTrip(message, message.encode()) { type, payload throws(WireError) in
            try PeerMessage.decode(type: type, payload: payload)
        }
    }

    @Test(arguments: WireSamples.requests)
    func trackerRequests(message: TrackerRequest) throws {
        try expectRoundTrip(message, message.encode()) { type, payload throws(WireError) in
            try TrackerRequest.decode(type: type, payload: payload)
        }
    }

    @Test(arguments: WireSamples.replies)
    func trackerReplies(message: TrackerReply) throws {
        try expectRoundTrip(message, message.encode()) { type, payload throws(WireError) in
            try TrackerReply.decode(type: type, payload: payload)
        }
    }

    private func expectRoundTrip<Message: Equatable>(
        _ message: Message, _ frame: [UInt8], decode: (UInt8, [UInt8]) throws(WireError) -> Message?
    ) throws {
        #expect(frame.count <= 4 + WireLimits.framePayload)
        let (type, payload) = WireSamples.parts(frame)
        let decoded = try decode(type, payload)
        #expect(decoded == message)
        // Cut at every byte, or at some hundred of a long one: another message at best, never a crash.
        for end in stride(from: 0, to: payload.count, by: max(1, payload.count / 200)) {
            if let other = try? decode(type, Array(payload.prefix(end))), other == message {
                Issue.record("\(end) of \(payload.count) bytes decode to the same message")
            }
        }
        var generator = SeededGenerator(seed: UInt64(payload.count))
        for _ in 0..<200 where !payload.isEmpty {
            var mutated = payload
            for _ in 0..<1 + generator.next() % 4 {
                mutated[Int(generator.next() % UInt64(min(200, payload.count)))] = UInt8(truncatingIfNeeded: generator.next())
            }
            _ = try? decode(type, mutated)
        }
    }

    @Test func everyTypeTakesRandomPayloads() {
        var generator = SeededGenerator(seed: 4)
        for type in UInt8.min...UInt8.max {
            for length in [0, 1, 4, 5, 33, 40, 77, 300] {
                let payload = (0..<length).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
                _ = try? PeerMessage.decode(type: type, payload: payload)
                _ = try? TrackerRequest.decode(type: type, payload: payload)
                _ = try? TrackerReply.decode(type: type, payload: payload)
            }
        }
    }

    @Test func unknownTypesAreSkippedOrRefused() throws {
        #expect(try PeerMessage.decode(type: 128, payload: [1]) == nil)
        #expect(try TrackerRequest.decode(type: 255, payload: []) == nil)
        #expect(try TrackerReply.decode(type: 200, payload: []) == nil)
        #expect(throws: WireError.unknownMessage(127)) { try PeerMessage.decode(type: 127, payload: []) }
        #expect(throws: WireError.unknownMessage(8)) { try PeerMessage.decode(type: DataFrame.type, payload: []) }
        #expect(throws: WireError.unknownMessage(64)) { try TrackerRequest.decode(type: 64, payload: []) }
    }

    @Test func trailingBytesAreRefused() {
        let (type, payload) = WireSamples.parts(PeerMessage.request(channel: 1, piece: 2).encode())
        #expect(throws: WireError.trailingBytes(message: "request")) { try PeerMessage.decode(type: type, payload: payload + [0]) }
    }

    @Test func statesBeyondTheBlobAreRefused() {
        let frame = TrackerRequest.vouch(digest: WireSamples.short, size: 100, first: 1, states: [UInt8](repeating: 0, count: 32)).encode()
        let (type, payload) = WireSamples.parts(frame)
        #expect(throws: WireError.invalid(field: "states")) { try TrackerRequest.decode(type: type, payload: payload) }
    }

    @Test func aNewerHelloMayBeLonger() throws {
        let (type, payload) = WireSamples.parts(PeerMessage.hello(WireSamples.hello).encode())
        #expect(try PeerMessage.decode(type: type, payload: payload + [1, 2, 3]) == .hello(WireSamples.hello))
        #expect(throws: WireError.notShoal) { try PeerMessage.decode(type: type, payload: Array("GET / HTTP/1.1\r\n\r\n".utf8)) }
    }

    @Test func longTextsAreCutToValidOnes() throws {
        for text in ["é", "€", "😀", "x", "xé", "xx€", "xxx😀"] {
            let reason = String(repeating: text, count: 300)
            let (type, payload) = WireSamples.parts(TrackerRequest.yield(digest: WireSamples.short, reason: reason).encode())
            guard case .yield(_, let cut)? = try TrackerRequest.decode(type: type, payload: payload) else {
                Issue.record("\(text) is not decoded")
                continue
            }
            #expect(reason.hasPrefix(cut) && cut.utf8.count > WireLimits.text - 4)
        }
    }

    @Test func helloIsChecked() {
        let hello = WireSamples.hello
        #expect(throws: Never.self) { try hello.check(role: .agent, cluster: "production") }
        #expect(throws: WireError.cluster("production")) { try hello.check(role: .agent, cluster: "staging") }
        #expect(throws: WireError.invalid(field: "hello role")) { try hello.check(role: .tracker, cluster: "production") }
        var newer = hello
        newer.version = Hello.currentVersion + 1
        #expect(throws: WireError.version(Hello.currentVersion + 1)) { try newer.check(role: .agent, cluster: "production") }
    }
}

import Testing

@testable import Swarm

@Suite struct PeerSessionTests {
    private let digest = WireSamples.short
    private let hello = Hello(role: .agent, node: WireSamples.node, cluster: "test", zone: "", address: "a:1")

    private func greeted() throws -> PeerSession {
        var session = PeerSession(cluster: "test", isInitiator: true, now: .zero)
        _ = try session.hear(.hello(hello), now: .zero)
        return session
    }

    @Test func nothingIsHeardBeforeHello() {
        var session = PeerSession(cluster: "test", isInitiator: true, now: .zero)
        #expect(throws: WireError.self) { try session.hear(.ping, now: .zero) }
        #expect(throws: WireError.self) { try session.hear(DataFrame(channel: 1, piece: 0, offset: 0, count: 1), now: .zero) }
        var other = hello
        other.cluster = "other"
        #expect(throws: WireError.cluster("other")) { try session.hear(.hello(other), now: .zero) }
        #expect(session.peer == nil)
    }

    @Test(
        arguments: [
            .close(channel: 7), .have(channel: 7, size: 1, pieces: PieceSet(completeWith: 1)), .gained(channel: 7, pieces: [0]),
            .wantStates(channel: 7, first: 1), .states(channel: 7, first: 1, bytes: []), .request(channel: 7, piece: 0),
            .cancel(channel: 7, piece: 0), .reject(channel: 7, piece: 0),
        ] as [PeerMessage])
    func channelsMustBeOpen(message: PeerMessage) throws {
        var session = try greeted()
        #expect(throws: WireError.unknownChannel(7)) { try session.hear(message, now: .zero) }
    }

    @Test func helloAndOpenComeOnce() throws {
        var session = try greeted()
        #expect(throws: WireError.self) { try session.hear(.hello(hello), now: .zero) }
        #expect(try session.hear(.open(channel: 1, digest: digest), now: .zero) == .opened(digest, wants: true))
        #expect(throws: WireError.self) { try session.hear(.open(channel: 1, digest: WireSamples.long), now: .zero) }
        #expect(throws: WireError.self) { try session.hear(.open(channel: 2, digest: digest), now: .zero) }
        #expect(try session.hear(.close(channel: 1), now: .zero) == .closed(digest, channel: 1))
        #expect(try session.hear(.open(channel: 2, digest: digest), now: .zero) == .opened(digest, wants: true))
    }

    @Test func statesMustBeWhole() throws {
        var session = try greeted()
        _ = try session.hear(.open(channel: 1, digest: digest), now: .zero)
        #expect(throws: WireError.invalid(field: "states")) { try session.hear(.states(channel: 1, first: 1, bytes: [1, 2]), now: .zero) }
    }

    @Test func channelsAreBounded() throws {
        var session = try greeted()
        for number in 0..<UInt32(WireLimits.channelsPerPeer) {
            let bytes = (0..<32).map { UInt8(truncatingIfNeeded: Int(number) >> ($0 % 4 * 8)) }
            _ = try session.hear(.open(channel: number, digest: Digest(.sha256, bytes: bytes)!), now: .zero)
        }
        #expect(throws: WireError.overLimit(what: "open blobs")) {
            try session.hear(.open(channel: .max, digest: WireSamples.long), now: .zero)
        }
    }

    @Test func ourChannelsOpenOnceAndNumbersAreNotReused() throws {
        var session = try greeted()
        #expect(session.open(digest, isWhole: false) == .open(channel: 1, digest: digest))
        #expect(session.openChannel(for: digest) == 1)
        #expect(session.open(digest, isWhole: false) == nil)
        #expect(session.close(digest) == .close(channel: 1))
        #expect(session.close(digest) == nil)
        #expect(session.open(digest, isWhole: true) == .serve(channel: 2, digest: digest))
    }
}

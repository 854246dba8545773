import OrderedCollections
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
        #expect(try session.hear(.close(channel: 1), now: .zero) == .closed(digest))
        #expect(try session.hear(.open(channel: 2, digest: digest), now: .zero) == .opened(digest, wants: true))
    }

    @Test func statesMustBeWhole() throws {
        var session = try greeted()
        _ = try session.hear(.open(channel: 1, digest: digest), now: .zero)
        #expect(throws: WireError.invalid(field: "states")) { try session.hear(.states(channel: 1, first: 1, bytes: [1, 2]), now: .zero) }
    }

    @Test func channelsAndRequestsAreBounded() throws {
        var session = try greeted()
        for number in 0..<UInt32(WireLimits.channelsPerPeer) {
            let bytes = (0..<32).map { UInt8(truncatingIfNeeded: Int(number) >> ($0 % 4 * 8)) }
            _ = try session.hear(.open(channel: number, digest: Digest(.sha256, bytes: bytes)!), now: .zero)
        }
        #expect(throws: WireError.overLimit(what: "open blobs")) {
            try session.hear(.open(channel: .max, digest: WireSamples.long), now: .zero)
        }
        for piece in 0..<WireLimits.requestsPerPeer { try session.enqueue(upload(piece)) }
        #expect(throws: WireError.overLimit(what: "waiting requests")) {
            try session.enqueue(upload(1 << 20))
        }
    }

    private func upload(_ piece: Int, isWholeBlob: Bool = false) -> PeerSession.Upload {
        PeerSession.Upload(channel: 1, isWholeBlob: isWholeBlob, piece: piece, length: 65_536, askedAt: .zero)
    }

    /// Takes everything that waits, in the order in which it is sent.
    private func drain(_ session: inout PeerSession, sent: [Int] = []) -> [PeerSession.Upload] {
        var order: [PeerSession.Upload] = []
        while let next = session.nextUpload(counts(sent), now: .zero) { order.append(session.takeUpload(at: next)) }
        return order
    }

    /// - Parameter sent: how often each piece was sent.
    private func counts(_ sent: [Int]) -> OrderedDictionary<Digest, SentPieces> {
        var pieces = SentPieces(pieceCount: 64)
        for (piece, times) in sent.enumerated() { for _ in 0..<times { pieces.count(piece) } }
        return [digest: pieces]
    }

    @Test func smallBeforeHalfSentBeforeRarelySentBeforeOldest() throws {
        var session = try greeted()
        _ = try session.hear(.open(channel: 1, digest: digest), now: .zero)
        for piece in [3, 3, 1, 2] { try session.enqueue(upload(piece)) }
        let sent = [0, 0, 0, 2]
        let found = session.nextUpload(counts(sent), now: .zero)
        let next = try #require(found)
        #expect(session.urgency == 0)
        let first = session.takeUpload(at: next)
        #expect(first.piece == 1)
        session.putBack(first, sent: 10)
        #expect(session.urgency == PeerSession.Upload.halfSent)
        try session.enqueue(upload(0, isWholeBlob: true))
        #expect(drain(&session, sent: sent).map { [$0.piece, $0.sent] } == [[0, 0], [1, 10], [2, 0], [3, 0]])
        #expect(session.urgency == nil)
    }

    /// Behind a slow link there is always one that was sent less often.
    @Test func whatHasWaitedForLongIsNotPassedOver() throws {
        var session = try greeted()
        _ = try session.hear(.open(channel: 1, digest: digest), now: .zero)
        for piece in 0..<3 { try session.enqueue(upload(piece)) }
        let sent = counts([5, 0, 1])
        #expect(session.nextUpload(sent, now: .zero + PeerSession.Upload.longestWait) == 1)
        #expect(session.nextUpload(sent, now: .zero + PeerSession.Upload.longestWait + .milliseconds(1)) == 0)
    }

    /// Else whoever comes last, and asks for what all others have got, would wait for all of them.
    @Test func whatWasSentOftenComesInItsTurn() throws {
        var session = try greeted()
        _ = try session.hear(.open(channel: 1, digest: digest), now: .zero)
        for piece in 0..<4 { try session.enqueue(upload(piece)) }
        #expect(drain(&session, sent: [7, 2, 1, 3]).map(\.piece) == [2, 0, 1, 3])
    }

    @Test func onlyWhatIsNotBegunIsTakenBack() throws {
        var session = try greeted()
        _ = try session.hear(.open(channel: 1, digest: digest), now: .zero)
        for piece in 0..<4 { try session.enqueue(upload(piece)) }
        session.putBack(session.takeUpload(at: 0), sent: 10)
        #expect(session.takeUnsent(of: WireSamples.long) { _ in true }.isEmpty)
        #expect(session.takeUnsent(of: digest) { $0 != 2 }.map(\.piece) == [1, 3])
        #expect(session.owes(digest, piece: 2))
        #expect(!session.owes(digest, piece: 3))
        #expect(drain(&session).map(\.piece) == [0, 2])
    }

    @Test func cancelAndCloseEmptyTheQueue() throws {
        var session = try greeted()
        _ = try session.hear(.open(channel: 1, digest: digest), now: .zero)
        for piece in 0..<4 { try session.enqueue(upload(piece)) }
        _ = try session.hear(.cancel(channel: 1, piece: 2), now: .zero)
        #expect(drain(&session).map(\.piece) == [0, 1, 3])
        try session.enqueue(upload(9))
        _ = try session.hear(.close(channel: 1), now: .zero)
        let last = session.nextUpload([:], now: .zero)
        #expect(last == nil)
        #expect(session.urgency == nil)
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

import Testing

@testable import Swarm

@Suite struct UploadQueueTests {
    private let digest = WireSamples.short
    private let channel: UInt32 = 1

    private func upload(_ piece: Int, isWholeBlob: Bool = false) -> UploadQueue.Upload {
        UploadQueue.Upload(channel: channel, isWholeBlob: isWholeBlob, piece: piece, length: 65_536, askedAt: .zero)
    }

    private func queue(_ pieces: some Sequence<Int>) throws -> UploadQueue {
        var queue = UploadQueue()
        for piece in pieces { try queue.enqueue(upload(piece)) }
        return queue
    }

    private func next(_ queue: inout UploadQueue, sent: [Int] = [], at now: Instant = .zero) -> Int? {
        queue.next(counts(sent), now: now) { $0 == channel ? digest : nil }
    }

    /// Takes everything that waits, in the order in which it is sent.
    private func drain(_ queue: inout UploadQueue, sent: [Int] = []) -> [UploadQueue.Upload] {
        var order: [UploadQueue.Upload] = []
        while let next = next(&queue, sent: sent) { order.append(queue.take(at: next)) }
        return order
    }

    /// - Parameter sent: how often each piece was sent.
    private func counts(_ sent: [Int]) -> Table<Digest, SentPieces> {
        var pieces = SentPieces(pieceCount: 64)
        for (piece, times) in sent.enumerated() { for _ in 0..<times { pieces.count(piece) } }
        var counts = Table<Digest, SentPieces>()
        counts.set(pieces, forKey: digest)
        return counts
    }

    @Test func smallBeforeHalfSentBeforeRarelySentBeforeOldest() throws {
        var queue = try queue([3, 3, 1, 2])
        let sent = [0, 0, 0, 2]
        let found = next(&queue, sent: sent)
        #expect(queue.urgency == 0)
        let first = queue.take(at: try #require(found))
        #expect(first.piece == 1)
        queue.putBack(first, sent: 10)
        #expect(queue.urgency == UploadQueue.Upload.halfSent)
        try queue.enqueue(upload(0, isWholeBlob: true))
        #expect(drain(&queue, sent: sent).map { [$0.piece, $0.sent] } == [[0, 0], [1, 10], [2, 0], [3, 0]])
        #expect(queue.urgency == nil)
        #expect(queue.isEmpty == true)
    }

    /// Behind a slow link there is always one that was sent less often.
    @Test func whatHasWaitedForLongIsNotPassedOver() throws {
        var queue = try queue(0..<3)
        let sent = [5, 0, 1]
        #expect(next(&queue, sent: sent, at: .zero + UploadQueue.Upload.longestWait) == 1)
        #expect(next(&queue, sent: sent, at: .zero + UploadQueue.Upload.longestWait + .milliseconds(1)) == 0)
    }

    /// Else whoever comes last, and asks for what all others have got, would wait for all of them.
    @Test func whatWasSentOftenComesInItsTurn() throws {
        var queue = try queue(0..<4)
        #expect(drain(&queue, sent: [7, 2, 1, 3]).map(\.piece) == [2, 0, 1, 3])
    }

    @Test func onlyWhatIsNotBegunIsTakenBack() throws {
        var queue = try queue(0..<4)
        queue.putBack(queue.take(at: 0), sent: 10)
        let none = queue.takeUnsent(over: channel + 1) { _ in true }
        #expect(none.isEmpty)
        let taken = queue.takeUnsent(over: channel) { $0 != 2 }
        #expect(taken.map(\.piece) == [1, 3])
        #expect(queue.waits(for: 2, over: channel) == true)
        #expect(queue.waits(for: 3, over: channel) == false)
        #expect(drain(&queue).map(\.piece) == [0, 2])
    }

    @Test func whatIsCancelledIsGone() throws {
        var queue = try queue(0..<4)
        queue.cancel(2, over: channel)
        queue.cancel(3, over: channel + 1)
        #expect(drain(&queue).map(\.piece) == [0, 1, 3])
        try queue.enqueue(upload(9))
        queue.cancel(nil, over: channel)
        let last = next(&queue)
        #expect(last == nil)
        #expect(queue.urgency == nil)
        #expect(queue.queuedBytes == 0)
    }

    @Test func requestsAreBounded() throws {
        var queue = try queue(0..<WireLimits.requestsPerPeer)
        #expect(throws: WireError.overLimit(what: "waiting requests")) { try queue.enqueue(upload(1 << 20)) }
    }

    /// It is there as long as anything waits or is under way.
    @Test func whatIsHandedOverIsUnderWayUntilItHasLeft() throws {
        var queue = try queue([0])
        let first = queue.take(at: 0)
        queue.handedOver(1000, isEnd: false, now: .zero)
        queue.putBack(first, sent: 1000)
        #expect([queue.bytesInFlight, queue.framesInFlightCount, queue.piecesInFlight] == [1000, 1, 1])
        #expect(queue.isAmidPiece == true)
        let rest = queue.take(at: 0)
        queue.handedOver(rest.length - rest.sent, isEnd: true, now: .zero)
        #expect([queue.framesInFlightCount, queue.piecesInFlight] == [2, 1])
        let left = [queue.uploaded(now: .zero), queue.uploaded(now: .zero)]
        #expect(left == [1000, 64_536])
        #expect(queue.isEmpty == true)
        #expect(queue.bytesInFlight == 0)
    }

    @Test func oneThatIsClearedIsAsNew() throws {
        var queue = try queue([0, 1])
        queue.handedOver(1000, isEnd: false, now: .zero + .seconds(1))
        queue.clear()
        #expect(queue.isEmpty == true && queue.urgency == nil && queue.lastUploadedAt == .zero)
        #expect([queue.queuedBytes, queue.bytesInFlight, queue.framesInFlightCount, queue.piecesInFlight] == [0, 0, 0, 0])
    }
}

import Testing

@testable import Swarm

/// A lease that goes from one node to another: nothing is fetched twice.
@Suite struct HandOverTests {
    private static let content = ToyContent(size: 40 * 65_536, seed: 1)
    private static let earlier = NodeID(high: 1, low: 1)

    private func transfer() -> BlobTransfer { BlobTransfer(digest: Self.content.digest, policy: Shared(TransferPolicy()), now: .zero) }

    /// It holds the lease, and ten pieces have come.
    private func holder() -> BlobTransfer {
        var transfer = transfer()
        var actions: [TransferAction] = []
        transfer.granted(after: nil, now: .zero)
        transfer.orderFromOrigin(now: .zero, actions: &actions)
        transfer.originAnswered(size: Self.content.size, now: .zero, actions: &actions)
        for piece in 0..<10 { transfer.originBrought(piece, end: Self.content.states[piece + 1], now: .zero, actions: &actions) }
        return transfer
    }

    /// It got the lease after another node, which vouched for ten pieces, and was not heard of before.
    private func follower() -> BlobTransfer {
        var transfer = transfer()
        var actions: [TransferAction] = []
        transfer.vouched(Self.content.size, Self.content.states.slice(1..<11), now: .zero, actions: &actions)
        transfer.granted(after: Self.earlier, now: .zero)
        return transfer
    }

    private func told(_ transfer: inout BlobTransfer, at time: Duration) -> [TransferAction] {
        var actions: [TransferAction] = []
        transfer.tick(now: .zero + time, tracker: .connected, linkDelay: .zero, actions: &actions)
        return actions
    }

    private func orders(_ actions: [TransferAction]) -> [Range<Int>] {
        actions.compactMap { if case .fetchOrigin(let order) = $0 { order.firstPiece..<(order.endPiece ?? .max) } else { nil } }
    }

    @Test func whatWasAskedForComesFirst() {
        var transfer = holder()
        var actions: [TransferAction] = []
        transfer.handsOver(now: .zero, actions: &actions)
        #expect(actions == [.drainOrigin])
        transfer.originBrought(10, end: Self.content.states[11], now: .zero, actions: &actions)
        actions = []
        transfer.originEnded(nil, now: .zero, actions: &actions)
        #expect(actions == [.vouch(size: Self.content.size, Self.content.states.slice(1..<12)), .passLeaseOn])
        #expect(orders(told(&transfer, at: .milliseconds(50))).isEmpty)
    }

    @Test func aSlowOriginIsNotWaitedForLong() {
        var transfer = holder()
        var actions: [TransferAction] = []
        transfer.handsOver(now: .zero, actions: &actions)
        #expect(!told(&transfer, at: .seconds(1)).contains(.passLeaseOn))
        let late = told(&transfer, at: .seconds(2))
        #expect(late.contains(.stopOrigin) && late.contains(.passLeaseOn) && transfer.mandate == .none)
    }

    @Test func anOriginThatBreaksIsNoReasonToGiveUp() {
        var transfer = holder()
        var actions: [TransferAction] = []
        transfer.handsOver(now: .zero, actions: &actions)
        transfer.originEnded(.refused("429"), now: .zero, actions: &actions)
        #expect(actions.last == .passLeaseOn && transfer.lastVerdict == nil)
    }

    @Test func whereNothingIsUnderWayTheLeaseGoesAtOnce() {
        var transfer = holder()
        var actions: [TransferAction] = []
        transfer.originEnded(.broken("reset"), now: .zero, actions: &actions)
        actions = []
        transfer.handsOver(now: .zero, actions: &actions)
        #expect(actions.last == .passLeaseOn)
    }

    @Test func theNextGoesOnWhereTheOneBeforeStopped() {
        var transfer = follower()
        #expect(orders(told(&transfer, at: .zero)) == [10..<40])
        var actions: [TransferAction] = []
        let connection = ConnectionID(1)
        transfer.add(connection, node: Self.earlier, reach: .near)
        transfer.has(connection, size: Self.content.size, pieces: PieceSet(pieceCount: 40), actions: &actions)
        #expect(transfer.holders.offer(of: 0)?.count == 10)
        let later = told(&transfer, at: .seconds(10))
        #expect(!later.contains(.stopOrigin) && orders(later).isEmpty)
    }

    /// It is slow, and has much to send: what it declined it offers again.
    @Test func whatTheOneBeforeDeclinedIsWaitedFor() {
        var transfer = follower()
        var actions: [TransferAction] = []
        _ = told(&transfer, at: .zero)
        transfer.originAnswered(size: Self.content.size, now: .zero, actions: &actions)
        for piece in 10..<40 {
            let end = piece == 39 ? nil : Self.content.states[piece + 1]
            transfer.originBrought(piece, end: end, now: .zero, actions: &actions)
        }
        let (connection, now) = (ConnectionID(1), Instant.zero + .seconds(1))
        transfer.add(connection, node: Self.earlier, reach: .near)
        transfer.has(connection, size: Self.content.size, pieces: PieceSet(pieceCount: 40), actions: &actions)
        transfer.rejected(connection, piece: 3, sentAt: now, now: now, actions: &actions)
        #expect(orders(told(&transfer, at: .seconds(2))).isEmpty)
        #expect(orders(told(&transfer, at: .seconds(12))) == [3..<4])
    }

    /// What only that one had comes again, and before the rest.
    @Test func theOneBeforeIsNotFound() {
        var transfer = follower()
        _ = told(&transfer, at: .zero)
        let later = told(&transfer, at: .seconds(3))
        #expect(later.contains(.stopOrigin) && orders(later) == [0..<40])
    }
}

import Testing

@testable import Swarm

/// A piece whose only frame is long under way: what is known when it begins, and what has happened by the time it ends.
@Suite struct LateFrameTests {
    private static let peer = ConnectionID(1)
    private static let size = 60_000

    /// A transfer that has asked one peer for the only piece of its blob. The frame begins to arrive at time zero.
    private func transfer() throws -> BlobTransfer {
        let digest = try Digest(parsing: "sha256:" + String(repeating: "0", count: 64))
        var transfer = BlobTransfer(digest: digest, policy: Shared(TransferPolicy()), now: .zero)
        var actions: [TransferAction] = []
        transfer.add(Self.peer, node: NodeID(high: 1, low: 1), reach: .near)
        transfer.has(Self.peer, size: UInt64(Self.size), pieces: PieceSet(completeWith: 1), actions: &actions)
        var (budget, random) = (Self.size, SeededGenerator(seed: 1))
        var memory = ScheduleMemory()
        transfer.schedule(only: nil, now: .zero, budget: &budget, random: &random, memory: &memory, actions: &actions)
        #expect(transfer.receive(Self.peer, piece: 0, offset: 0, count: Self.size, now: .zero) == .complete)
        return transfer
    }

    /// - Returns: what the transfer does when its time for silent peers is over, once `tend` has told it what it shall know by then.
    private func actionsWhenOverdue(_ transfer: inout BlobTransfer, _ tend: (inout BlobTransfer) -> Void) -> [TransferAction] {
        tend(&transfer)
        var actions: [TransferAction] = []
        transfer.expireRequests(now: .zero + transfer.policy.requestTimeout + .milliseconds(1), actions: &actions)
        return actions
    }

    /// Its request was taken away, and with it the memory of what had come: there is nothing to check, and nothing that could not be stored.
    @Test func whatWasTakenAwayIsNotChecked() throws {
        var transfer = try transfer()
        let peer = Self.peer
        #expect(actionsWhenOverdue(&transfer) { _ in } == [.cancel(peer, piece: 0), .drop(peer, piece: 0)])
        var actions: [TransferAction] = []
        transfer.completed(0, from: peer, now: .zero + .seconds(5), actions: &actions)
        #expect(actions.isEmpty)
        #expect(transfer.checking.isEmpty)
    }

    @Test func whatComesIsWaitedFor() throws {
        var transfer = try transfer()
        #expect(actionsWhenOverdue(&transfer) { $0.flows(Self.peer, now: .zero + .seconds(3)) }.isEmpty)
        var actions: [TransferAction] = []
        transfer.completed(0, from: Self.peer, now: .zero + .seconds(5), actions: &actions)
        #expect(actions.contains { if case .check = $0 { true } else { false } })
    }

    /// No peer is late while our own link is.
    @Test func aSlowLinkOfOursIsWaitedFor() throws {
        var transfer = try transfer()
        #expect(actionsWhenOverdue(&transfer) { $0.linkDelay = .seconds(1) }.isEmpty)
    }
}

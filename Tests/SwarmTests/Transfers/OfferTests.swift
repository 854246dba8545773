import Testing

@testable import Swarm

/// What a peer offers, what of it may be asked for, and what is kept for later.
@Suite struct OfferTests {
    private let peer = ConnectionID(1)
    private let size: UInt64 = 4 * 65_536

    private func transfer(_ pieces: PieceSet, of size: UInt64) throws -> BlobTransfer {
        let digest = try Digest(parsing: "sha256:" + String(repeating: "0", count: 64))
        var transfer = BlobTransfer(digest: digest, policy: Shared(TransferPolicy()), now: .zero)
        var actions: [TransferAction] = []
        _ = transfer.adopt(size: self.size, .named, actions: &actions)
        transfer.add(peer, node: NodeID(high: 1, low: 1), reach: .near)
        transfer.has(peer, size: size, pieces: pieces, actions: &actions)
        return transfer
    }

    private func set(_ pieces: Int...) -> PieceSet {
        var set = PieceSet(pieceCount: 4)
        for piece in pieces { set.insert(piece) }
        return set
    }

    /// What the peer may be asked for.
    private func pieces(_ transfer: borrowing BlobTransfer) -> PieceSet? { transfer.holders.offer(of: 0) }
    private func offer(_ transfer: borrowing BlobTransfer) -> PieceSet? { transfer.offer(of: 0) }
    private func setAside(_ transfer: borrowing BlobTransfer) -> PieceSet? { transfer.sources.peek(peer) { $0.setAside } }

    @Test func whatIsDeclinedIsOfferedStill() throws {
        var transfer = try transfer(set(0, 1), of: size)
        var actions: [TransferAction] = []
        transfer.rejected(peer, piece: 1, sentAt: .zero, now: .zero, actions: &actions)
        #expect(pieces(transfer) == set(0) && offer(transfer) == set(0, 1))
        #expect(transfer.holders.available == set(0))
        transfer.gained(peer, pieces: [1, 3])
        #expect(pieces(transfer) == set(0, 1, 3) && setAside(transfer) == nil)
        #expect(transfer.holders.available == set(0, 1, 3))
    }

    /// A seed that is busy is no reason to go to the origin; one that has never sent anything is none to wait for.
    @Test(arguments: [(Instant.zero, false), (.zero + .seconds(55), true), (.zero + .seconds(49), false)])
    func whoDeclinesIsCountedOnIfItSendsPieces(sentAt: Instant, isCountedOn: Bool) throws {
        var transfer = try transfer(set(1), of: size)
        let now = Instant.zero + .seconds(60)
        var actions: [TransferAction] = []
        transfer.rejected(peer, piece: 1, sentAt: sentAt, now: now, actions: &actions)
        #expect(transfer.hasUsefulSource(now: now + .milliseconds(500)) == true)
        #expect(transfer.hasUsefulSource(now: now + .seconds(9)) == isCountedOn)
        #expect(transfer.hasUsefulSource(now: now + .seconds(11)) == false)
    }

    /// Whoever is right about the size has not spoken in vain.
    @Test func anOfferOfAnotherSizeIsKeptForLater() throws {
        var transfer = try transfer(set(2), of: size - 1)
        #expect(pieces(transfer) == nil && transfer.holders.available.isEmpty)
        transfer.gained(peer, pieces: [3])
        var actions: [TransferAction] = []
        let isTaken = transfer.adopt(size: size - 1, .told, actions: &actions)
        #expect(isTaken)
        #expect(pieces(transfer) == set(2, 3) && transfer.holders.available == set(2, 3))
        #expect(transfer.offeredSize(by: peer) == size - 1)
    }

    @Test func anotherOfferTakesTheOnesPlace() throws {
        var transfer = try transfer(set(0, 1), of: size)
        var actions: [TransferAction] = []
        transfer.has(peer, size: size, pieces: set(2), actions: &actions)
        #expect(pieces(transfer) == set(2) && transfer.holders.available == set(2))
        transfer.has(peer, size: size - 1, pieces: set(3), actions: &actions)
        #expect(pieces(transfer) == nil && transfer.holders.available.isEmpty)
    }
}

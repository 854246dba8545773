import Swarm
import Testing

@testable import Simulation

@Suite struct ParcelTests {
    private static let digest = Digest(.sha256, bytes: Array(repeating: 7, count: 32))

    private static var messages: [PeerMessage] {
        var messages: [PeerMessage] = [
            .gained(channel: 1, pieces: [1, 2, 3]), .gained(channel: 1, pieces: []), .request(channel: 1, piece: 2),
            .cancel(channel: 1, piece: 2), .reject(channel: 1, piece: 2), .wantStates(channel: 1, first: 3),
            .states(channel: 1, first: 1, bytes: Array(repeating: 0, count: 64)), .close(channel: 1), .ping, .pong,
            .have(channel: 1, size: 1 << 20, pieces: PieceSet(pieceCount: 16)),
        ]
        if let digest { messages += [.open(channel: 1, digest: digest), .serve(channel: 1, digest: digest), .missing(digest: digest)] }
        return messages
    }

    @Test(arguments: messages) func aMessageIsAsLongAsItsFrame(message: PeerMessage) {
        #expect(message.frameBytes == message.encode().count)
    }

    /// What `LinkEnd` and `ParcelStore` say of a processor's cache.
    @Test func endsAndParcelsLieInALineEach() {
        #expect(MemoryLayout<LinkEnd>.stride == 64)
        #expect(MemoryLayout<Parcel?>.stride + MemoryLayout<UInt64>.stride == 64)
    }

    @Test func eachParcelIsOpenedOnce() {
        var desk = ParcelDesk(ParcelStore(desks: 1), number: 0)
        let ids = (0..<3).map { desk.put(.message($0, .ping)) }
        guard case .message(1, .ping) = desk.take(ids[1]) else {
            Issue.record("another parcel")
            return
        }
        #expect(desk.take(ids[1]) == nil)
        #expect(desk.put(.message(3, .pong)) == ids[1])
    }

    /// A place goes back to the desk whose it is, and only then.
    @Test func parcelsAreOpenedAtOtherDesks() {
        let store = ParcelStore(desks: 2)
        var (first, second) = (ParcelDesk(store, number: 0), ParcelDesk(store, number: 1))
        let ids = (0..<3000).map { first.put(.message($0, .ping)) }
        let others = (0..<3000).map { second.put(.message(-$0, .pong)) }
        #expect(Set(ids).isDisjoint(with: others))
        for (number, id) in ids.enumerated() {
            guard case .message(number, .ping) = second.take(id) else {
                Issue.record("another parcel")
                return
            }
        }
        #expect(!ids.contains(first.put(.message(0, .ping))))
        second.giveBack(to: &first)
        #expect(Set((0..<3000).map { first.put(.message($0, .ping)) }) == Set(ids))
    }
}

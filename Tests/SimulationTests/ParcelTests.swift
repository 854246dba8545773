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
        if let digest { messages += [.open(channel: 1, digest: digest), .missing(digest: digest)] }
        return messages
    }

    @Test(arguments: messages) func aMessageIsAsLongAsItsFrame(message: PeerMessage) {
        #expect(message.frameBytes == message.encode().count)
    }

    @Test func eachParcelIsOpenedOnce() {
        var parcels = Parcels()
        let ids = (0..<3).map { parcels.put(.message($0, .ping)) }
        guard case .message(1, .ping) = parcels.take(ids[1]) else {
            Issue.record("another parcel")
            return
        }
        #expect(parcels.take(ids[1]) == nil)
        #expect(parcels.put(.message(3, .pong)) == ids[1])
    }
}

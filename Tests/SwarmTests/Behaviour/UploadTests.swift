import Testing

@testable import Swarm

/// What a node hands to its connections before anything of it has left.
@Suite struct UploadTests {
    /// A node that holds the blob, and peers that have each asked for a piece; only `handle` is used, nothing ever leaves.
    ///
    /// - Parameter share: how much goes out, as a part of the most that did lately; nil where nothing ever did.
    /// - Returns: bytes handed to each connection.
    private func handedOver(to peers: Int, of blob: ToyContent, share: Double? = nil) -> [ConnectionID: Int] {
        let settings = NodeSettings(node: NodeID(high: 1, low: 1), cluster: "test", zone: "", address: "10.0.0.1:7000")
        var node = SwarmNode(settings: settings, held: [blob.digest: blob.size], seed: 1)
        if let share {
            node.uploadRate.record(1_000_000, now: .zero + .seconds(1))
            node.bestUploadRate.note(Int(1_000_000 / share), memory: .seconds(10), now: .zero)
        }
        var handed: [ConnectionID: Int] = [:]
        func give(_ event: NodeEvent) {
            for case .upload(let connection, let frame, _, _) in node.handle(event, now: .zero) {
                handed[connection, default: 0] += frame.count
            }
        }
        for number in 1...UInt64(peers) {
            let connection = ConnectionID(number)
            let peer = NodeID(high: 2, low: number)
            give(.connected(connection, isInitiator: false, expecting: nil))
            give(.message(connection, .hello(Hello(role: .agent, node: peer, cluster: "test", zone: "", address: "10.0.1.\(number):7000"))))
            give(.message(connection, .open(channel: 1, digest: blob.digest)))
            give(.message(connection, .request(channel: 1, piece: UInt32(number))))
        }
        return handed
    }

    /// One connection that begins slowly does not leave the link idle, however long its pieces are; nor does more go ahead than keeps it busy.
    /// Where a piece is several frames long the peer's link is in the way for longer, so that more of them are served.
    @Test(arguments: [(128 << 20, 256 << 10, 4), (256 << 20, 512 << 10, 4), (512 << 20, 1 << 20, 7)])
    func severalConnectionsAreServedAtOnce(size: UInt64, length: Int, served: Int) {
        let blob = ToyContent(size: size, seed: 1)
        #expect(blob.layout.pieceLength == length)
        let handed = handedOver(to: 8, of: blob)
        #expect(handed.count == served)
        #expect(handed.values.allSatisfy { $0 == min(length, 2 * WireLimits.dataPayload) })
    }

    /// The more pieces share a link, the later each of them is whole.
    @Test(arguments: [(1.0, 4), (0.91, 4), (0.89, 7)]) func asManyLongPiecesGoAsFillTheLink(share: Double, served: Int) {
        let blob = ToyContent(size: 512 << 20, seed: 1)
        #expect(handedOver(to: 8, of: blob, share: share).count == served)
    }

    @Test func shortPiecesAreBoundedByTheirBytes() {
        let handed = handedOver(to: 8, of: ToyContent(size: 20 << 20, seed: 2))
        #expect(handed.values.reduce(0, +) == 256 << 10)
    }
}

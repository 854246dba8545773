import Swarm
import Testing

/// When there is nothing left to say, nothing is said.
@Suite struct SilenceTests {
    private static let link = ConnectionID(1)
    private static let blob = ToyContent(size: 200_000, seed: 7)

    private final class End {
        let record: PeerRecord
        var node: SwarmNode
        /// What the other has said and this one has not heard yet.
        var toHear: [PeerMessage] = []
        /// All pieces are there, and the store makes a blob of them.
        var isPublishing = false
        /// What the origin is still to bring.
        private var ordered = 0..<0

        init(_ number: UInt64) {
            record = PeerRecord(node: NodeID(high: 1, low: number), address: "10.0.0.\(number):7000", zone: "")
            let settings = NodeSettings(node: record.node, cluster: "test", zone: "", address: record.address)
            node = SwarmNode(settings: settings, held: [:], seed: number)
        }

        func give(_ event: NodeEvent, _ other: End) {
            for action in node.handle(event, now: .zero) {
                switch action {
                case .send(_, let message): other.toHear.append(message)
                case .fetchOrigin(_, let order):
                    ordered = order.firstPiece..<(order.endPiece ?? blob.layout.pieceCount)
                    give(.originAnswered(blob.digest, size: blob.size), other)
                case .publish: isPublishing = true
                default: break
                }
            }
        }

        /// - Returns: false when there is nothing to hear.
        func hear(_ other: End) -> Bool {
            guard !toHear.isEmpty else { return false }
            give(.message(SilenceTests.link, toHear.removeFirst()), other)
            return true
        }

        /// A client wants the blob, and the tracker names the other node.
        func want(_ other: End) {
            give(.want(blob.digest, reader: ReaderID(1), stored: nil, size: nil), other)
            give(.tracker(.peers(digest: blob.digest, size: blob.size, peers: [other.record])), other)
        }

        /// It is this one's turn at the origin, which brings so many of the missing pieces.
        func fetch(_ count: Int, _ other: End) {
            if ordered.isEmpty { give(.tracker(.lease(blob.digest)), other) }
            let pieces = ordered.prefix(count)
            ordered = ordered.dropFirst(count)
            for piece in pieces { give(.originBrought(blob.digest, piece: piece, end: blob.states[piece + 1]), other) }
        }

        func publish(_ other: End) {
            guard isPublishing else { return }
            isPublishing = false
            give(.published(blob.digest, size: blob.size), other)
        }
    }

    /// Whatever crosses on its way: two nodes that both held a blob once told each other so for ever, thousands of times a second.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func twoNodesFallSilent(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            let ends = [End(1), End(2)]
            for side in 0...1 { ends[side].give(.connected(Self.link, isInitiator: side == 0, expecting: nil), ends[1 - side]) }
            for _ in 0..<30 {
                let side = Int.random(in: 0...1, using: &random)
                let (end, other) = (ends[side], ends[1 - side])
                switch Int.random(in: 0..<10, using: &random) {
                case 0: end.want(other)
                case 1: end.fetch(Int.random(in: 1...4, using: &random), other)
                case 2...3: end.publish(other)
                case 4: end.give(.evicted(Self.blob.digest), other)
                default: _ = end.hear(other)
                }
            }
            for side in 0...1 {
                ends[side].want(ends[1 - side])
                ends[side].fetch(4, ends[1 - side])
                ends[side].publish(ends[1 - side])
            }
            var heard = 0
            while heard < 1000, ends[0].hear(ends[1]) || ends[1].hear(ends[0]) { heard += 1 }
            #expect(heard < 100)
            #expect(ends.allSatisfy { $0.node.holds(Self.blob.digest) && $0.node.channelCount == 0 && $0.node.connectionCount == 1 })
        }
    }
}

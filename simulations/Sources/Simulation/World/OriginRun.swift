import Swarm

/// One order of one node at the origin: several answers are read at once, and whole pieces are hashed in order.
final class OriginRun {
    /// One answer under way.
    struct Stream {
        let ask: OriginAsk
        /// Where its bytes begin in the blob, and how many there are.
        let begin: UInt64
        var bytes: Int
        var flow: FluidNetwork.FlowID?
        var received = 0

        /// The window hears of so many bytes at a time, or of what comes within so many seconds if that is less, as in the agent.
        private static let (stepBytes, stepSeconds) = (256.0 * 1024, 0.1)

        /// - Parameter rate: what it brings now, bytes a second.
        func milestone(rate: Double) -> Double {
            min(Double(bytes), Double(received) + max(4096, min(Self.stepBytes, rate * Self.stepSeconds)))
        }
    }

    let node: Int
    let blob: Int
    let start: ChainState?
    var end: Int
    var window: OriginWindow
    var streams: [Int: Stream] = [:]
    /// Whole, hashed or not.
    var gathered: PieceSet
    var next: Int
    var isHashing = false
    var hasAnswered = false
    var heardAt: Int64 = 0

    init(node: Int, blob: Int, order: OriginOrder, layout: PieceLayout, window: OriginWindow) {
        self.node = node
        self.blob = blob
        self.start = order.start
        self.end = min(order.endPiece ?? layout.pieceCount, layout.pieceCount)
        self.window = window
        self.gathered = PieceSet(pieceCount: layout.pieceCount)
        self.next = order.firstPiece
    }
}

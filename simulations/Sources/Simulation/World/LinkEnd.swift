import DequeModule
import Swarm

/// One end of a connection between two nodes: what it sends, and how far what comes to it has come. Ends 2n and 2n + 1 are a connection.
struct LinkEnd {
    typealias ID = Int

    /// A data frame that the node has handed over, and what was said after it.
    struct Pending {
        let frame: DataFrame
        /// Where in all bytes that this end ever sends the frame ends.
        let end: Double
        /// The sender knows that the kernel has it.
        var isTaken = false
        var after: [PeerMessage] = []
    }

    /// What a node says of where a frame goes, in less memory.
    struct Place {
        let blob: Int32
        let piece: Int32
        /// With this frame the piece is whole.
        let isLast: Bool
    }

    // What every message asks for lies first, and together.
    let node: Int
    /// Who is at the other end.
    let peer: Int
    /// Indices into the world's zones.
    let zone: Int32
    let peerZone: Int32
    var isOpen = true
    var isArriving = false
    /// Changes only while no shard is at work.
    var flow: FluidNetwork.FlowID?
    /// When the last thing that was sent arrives: nothing overtakes it.
    var lastArrival: Int64 = 0
    /// How many bytes must be through before anything happens; infinite while nothing is sent. Kept, as it is asked for at every change of rate.
    private(set) var milestone = Double.infinity
    /// Bytes of all frames so far.
    var queued = 0.0
    var queue: Deque<Pending> = []

    /// Counts the frames that began to arrive.
    var serial = 0
    /// Where the frame that is arriving goes; nil where nobody wants it any more.
    var arriving: Place?

    init(node: Int, peer: Int, zone: Int, peerZone: Int) {
        self.node = node
        self.peer = peer
        self.zone = Int32(zone)
        self.peerZone = Int32(peerZone)
    }

    var isSending: Bool { milestone < .infinity }

    /// Sets the milestone after frames have come or gone.
    mutating func findMilestone(unsent: Double) {
        milestone = queue.first.map { min($0.end, queue.first { !$0.isTaken }.map { $0.end - unsent } ?? .infinity) } ?? .infinity
    }

    static func other(_ id: ID) -> ID { id ^ 1 }
    static func connection(_ id: ID) -> ConnectionID { ConnectionID(UInt64(id)) }
    static func end(_ connection: ConnectionID) -> ID { ID(connection.rawValue) }
}

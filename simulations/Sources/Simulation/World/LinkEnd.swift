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
        /// Mostly nothing.
        var after: [PeerMessage] = []
    }

    /// What a node says of where a frame goes, in less memory.
    struct Place {
        let blob: Int32
        let piece: Int32
        /// With this frame the piece is whole.
        let isLast: Bool
    }

    // 64 bytes in all, a line of a processor's cache: at nearly every event one is looked at that was not lately.
    private let node32: Int32
    private let peer32: Int32
    private let zone16: UInt16
    private let peerZone16: UInt16
    /// -1 for none.
    private var flow32: Int32 = -1
    /// When the last thing that was sent arrives: nothing overtakes it.
    var lastArrival: Int64 = 0
    /// How many bytes must be through before anything happens; infinite while nothing is sent. Kept, as it is asked for at every change of rate.
    private(set) var milestone = Double.infinity
    /// Bytes of all frames so far.
    var queued = 0.0
    var queue: Deque<Pending> = []
    /// Counts the frames that began to arrive.
    var serial: UInt32 = 0
    /// Where the frame that is arriving goes: the blob, -1 where nobody wants it any more, the piece, and whether it is whole then.
    private var arrivingBlob: Int32 = -1
    private var arrivingPiece: Int32 = 0
    private var isArrivingLast = false
    var isOpen = true
    var isArriving = false
    /// Its flow is to be looked at when no shard is at work.
    var isUnsettled = false

    init(node: Int, peer: Int, zone: Int, peerZone: Int) {
        (node32, peer32) = (Int32(node), Int32(peer))
        (zone16, peerZone16) = (UInt16(zone), UInt16(peerZone))
    }

    var node: Int { Int(node32) }
    /// Who is at the other end.
    var peer: Int { Int(peer32) }
    /// Indices into the world's zones.
    var zone: Int { Int(zone16) }
    var peerZone: Int { Int(peerZone16) }

    /// Changes only while no shard is at work.
    var flow: FluidNetwork.FlowID? {
        get { flow32 < 0 ? nil : flow32 }
        set { flow32 = newValue ?? -1 }
    }

    /// Where the frame that is arriving goes; nil where nobody wants it any more.
    var arriving: Place? {
        get { arrivingBlob < 0 ? nil : Place(blob: arrivingBlob, piece: arrivingPiece, isLast: isArrivingLast) }
        set { (arrivingBlob, arrivingPiece, isArrivingLast) = (newValue?.blob ?? -1, newValue?.piece ?? 0, newValue?.isLast ?? false) }
    }

    var isSending: Bool { milestone < .infinity }

    /// Sets the milestone after frames have come or gone.
    mutating func findMilestone(unsent: Double) {
        guard !queue.isEmpty else {
            milestone = .infinity
            return
        }
        // By index, as each item would else be copied with its messages.
        milestone = queue[0].end
        if let next = queue.indices.first(where: { !queue[$0].isTaken }) { milestone = min(milestone, queue[next].end - unsent) }
    }

    static func other(_ id: ID) -> ID { id ^ 1 }
    static func connection(_ id: ID) -> ConnectionID { ConnectionID(UInt64(id)) }
    static func end(_ connection: ConnectionID) -> ID { ID(connection.rawValue) }
}

import Swarm

/// One agent of a simulated cluster: the real policy, and a model of its store and its manners.
final class SimulatedNode {
    struct Misdeeds: OptionSet {
        let rawValue: Int
        /// Every piece it sends is wrong.
        static let flipsBytes = Misdeeds(rawValue: 1)
        /// It takes requests and never answers them.
        static let servesNothing = Misdeeds(rawValue: 2)
        /// It sends no bytes, but empty data frames, to look alive.
        static let sendsEmptyFrames = Misdeeds(rawValue: 4)
        /// It answers every message with one that the protocol does not allow.
        static let sendsGarbage = Misdeeds(rawValue: 8)
        /// It sends a byte more than a piece has.
        static let sendsTooMuch = Misdeeds(rawValue: 16)
    }

    /// What lies in the store of one blob.
    struct Stored {
        var layout: PieceLayout
        var tags: [Int: UInt64] = [:]
        var states: StateList?
        /// Recorded as trusted: what a restart would find.
        var recorded: Set<Int> = []
        /// Stored, and not yet seen to be let out.
        var unreleased: Set<Int> = []
        /// How far the client has read.
        var position = 0
    }

    struct Gathering: Hashable {
        let connection: ConnectionID
        let digest: Digest
        let piece: Int
    }

    let index: Int
    let settings: NodeSettings
    var policy: SwarmNode
    var misdeeds: Misdeeds = []
    var isAlive = true
    /// Nobody can connect to it.
    var isUnreachable = false
    /// What this node says a blob is, if not the truth.
    var lies: [Digest: ToyContent] = [:]
    var store: [Digest: Stored] = [:]
    var gathered: [Gathering: UInt64] = [:]
    var links: [ConnectionID: SimulatedLink] = [:]
    var nextConnection: UInt64 = 1
    var originStreams: [Digest: Int] = [:]
    /// What the node sends and receives at most.
    var uplink = SimulatedPort()
    var downlink = SimulatedPort()
    var session: SessionID?

    // What the tests look at.
    var published: [Digest: Instant] = [:]
    var failed: [Digest: TransferFailure] = [:]
    var firstReleaseAt: [Digest: Instant] = [:]
    var restarts = 0
    var reports: [NodeReport] = []
    var bytesReceived = 0
    var bytesSent = 0
    var bytesWasted = 0

    init(index: Int, settings: NodeSettings, held: [Digest: UInt64], seed: UInt64) {
        self.index = index
        self.settings = settings
        self.policy = SwarmNode(settings: settings, held: held, seed: seed)
    }

    var record: PeerRecord { PeerRecord(node: settings.node, address: settings.address, zone: settings.zone) }

    /// Nodes that this one banned.
    var bannedNodes: [NodeID] {
        reports.compactMap { report in
            if case .banned(let node, _, _, _) = report { return node }
            return nil
        }
    }
}

/// One direction of a node's link: what goes through it goes one after the other.
struct SimulatedPort {
    /// nil for a link without a limit.
    var bytesPerSecond: Double?
    private var freeAt = Instant.zero

    init(bytesPerSecond: Double? = nil) { self.bytesPerSecond = bytesPerSecond }

    /// - Returns: when bytes that come to the port at `time` are through it.
    mutating func pass(_ bytes: Int, at time: Instant) -> Instant { passage(bytes, at: time).end }

    /// - Returns: when the first and the last of bytes that come to the port at `time` go through it.
    mutating func passage(_ bytes: Int, at time: Instant) -> (begin: Instant, end: Instant) {
        guard let bytesPerSecond else { return (time, time) }
        let begin = max(time, freeAt)
        freeAt = begin + .nanoseconds(Int64(Double(bytes) / bytesPerSecond * 1e9))
        return (begin, freeAt)
    }
}

/// A connection between two simulated nodes: a name on each side, first in first out each way.
final class SimulatedLink {
    struct End {
        /// The cluster keeps all nodes, also those that are gone.
        unowned let node: SimulatedNode
        let connection: ConnectionID
        /// When the last thing sent to this end arrives.
        var lastArrival = Instant.zero
        var isOpen = true
    }

    var ends: [End]

    init(_ first: End, _ second: End) { ends = [first, second] }

    func side(of node: SimulatedNode, _ connection: ConnectionID) -> Int {
        ends[0].node === node && ends[0].connection == connection ? 0 : 1
    }
}

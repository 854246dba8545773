/// Names one agent's session with the tracker for as long as the tracker runs.
public struct SessionID: Hashable, Sendable {
    public let rawValue: UInt64

    public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    /// As of `ConnectionID`.
    public func _rawHashValue(seed: Int) -> Int { ConnectionID(rawValue)._rawHashValue(seed: seed) }
}

/// What the tracker wants done.
public enum TrackerAction: Hashable, Sendable {
    case send(SessionID, TrackerReply)
    /// Send the same to all of these: with thousands of them, what it takes to make a message is to be taken once.
    case tell([SessionID], TrackerReply)
    case close(SessionID, reason: String)
    /// Call `tick` after this time, whenever else it is called.
    case wake(after: Duration)
    /// Keep this for after a restart.
    case remember(TrackerChange)
    case report(TrackerReport)
}

/// A change to what a restarted tracker should know.
public enum TrackerChange: Hashable, Sendable {
    case node(PeerRecord)
    case forgetNode(NodeID)
    case member(Digest, NodeID, isSeed: Bool)
    case forgetMember(Digest, NodeID)
    /// Size, chain states or lease of the swarm changed: read its record when it suits.
    case swarm(Digest)
    case forgetSwarm(Digest)
}

/// What an operator wants to know of the tracker's decisions.
public enum TrackerReport: Hashable, Sendable {
    case joined(NodeID, address: String)
    case left(NodeID)
    case leased(Digest, NodeID, prefix: Int)
    case leaseLost(Digest, NodeID, reason: String)
    case unavailable(Digest, reason: String)
    /// A server of a registry limits the rate of requests: all agents are told.
    case paused(server: String, Duration)
}

/// The part of a swarm that is kept besides its members.
public struct SwarmRecord: Hashable, Sendable {
    public var digest: Digest
    public var size: UInt64?
    public var states: StateList
    public var leaseHolder: NodeID?

    public init(digest: Digest, size: UInt64?, states: StateList, leaseHolder: NodeID?) {
        self.digest = digest
        self.size = size
        self.states = states
        self.leaseHolder = leaseHolder
    }
}

/// The knobs of the tracker. Defaults are what ships; the simulator varies them.
public struct TrackerSettings: Sendable {
    public var cluster: String
    /// Peers in one handout: about ten make a well-mixed graph (ARCHITECTURE.md has the table).
    public var handout = 10
    /// Where a blob has more members than this, whoever fetches it for them is named to more of those who come late.
    public var crowd = 50
    /// More members of a blob than this are not told each time that its lease holder vouches for something: a turn is so long for each, but
    /// no longer than `longestTurn`.
    public var largeSwarm = 1000
    public var turnPerMember: Duration = .microseconds(10)
    public var longestTurn: Duration = .milliseconds(100)
    /// The zone that the origins are in or nearest to: its nodes get leases before others. nil where it is not known, or all are alike.
    public var originZone: String?
    /// A lease without a sign of life for this long moves on.
    public var leaseTimeout: Duration = .seconds(8)
    /// A lease that brings no new chain state for this long moves on too, whatever its holder says.
    public var leasePatience: Duration = .seconds(120)
    /// How long a blob whose only members hold leases already waits for one that holds none: so different blobs of an image are fetched by
    /// different nodes, though one was quicker to ask for all of them.
    public var leaseSpread: Duration = .milliseconds(30)
    /// How long a member that reaches nobody is given to get something from the seeds that it is told of, before it gets the lease. Shorter than
    /// `TransferPolicy.stalledAfter`: then all such would go to the origin alone.
    public var seedPatience: Duration = .seconds(3)
    /// How long a lease holder is measured at least before it is held against other members.
    public var leaseTrial: Duration = .seconds(1)
    /// A lease moves to a member known to be so many times as fast: a holder takes part in the exchange too, which may take most of its link,
    /// and a move costs what was under way.
    public var leaseFactor = 8
    /// It does if its holder would need this long for the rest.
    public var leaseWorthMoving: Duration = .seconds(2)
    /// While nobody else's rate is known, and no other lease is out, it moves to one that may be faster if the holder would need this long.
    public var leaseWorthExploring: Duration = .seconds(30)
    /// How often a blob's lease moves for its holder's slowness; once more only back to whom it was taken from.
    public var leaseMoves = 2
    /// How long a holder is given, when its lease is to move because of that, for what it has asked for of the origin already.
    public var handOverPatience: Duration = .seconds(3)
    /// How long a node's rate is remembered, and a slow one is given leases only if nobody else wants them.
    public var rateMemory: Duration = .seconds(300)
    /// How long a zone's gateway is given before its progress is held against that of members elsewhere.
    public var gatewayTrial: Duration = .seconds(3)
    /// It is given help if a member elsewhere has more than so many times as much. Layers that come over a way half as wide as a node's link
    /// differ by four times in how far they are.
    public var gatewayFactor = 6
    /// Gateways of one zone for one blob at most.
    public var gatewaysPerZone = 2
    /// Members that gave a lease up before all are told to fend for themselves.
    public var yieldLimit = 3
    /// After this long a member that gave up may be asked again.
    public var yieldMemory: Duration = .seconds(30)
    /// For this long after its begin a tracker gives no lease to a node in the middle of a transfer: who held it before may be about to connect.
    public var settling: Duration = .seconds(5)
    /// How long nodes known from before a restart are believed to be there.
    public var restoredGrace: Duration = .seconds(30)
    public var deadAfter: Duration = .seconds(45)
    /// Bounds on what one hostile agent can make the tracker keep.
    public var nodeLimit = 100_000
    public var blobsPerNode = 1_000_000

    public init(cluster: String) { self.cluster = cluster }
}

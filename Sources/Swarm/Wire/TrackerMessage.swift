/// What an agent says to its tracker. What is long and seldom lies apart, as in `PeerMessage`.
public enum TrackerRequest: Hashable, Sendable {
    indirect case hello(Hello)
    /// The agent wants the blob, or asks again.
    case join(JoinRequest)
    /// Blobs that the agent holds whole: after connecting, and whenever one completes.
    case announce([HeldBlob])
    /// The agent neither wants nor holds the blob any more.
    case leave(Digest)
    /// The lease holder's progress: the blob's size and the chain states it has found, S_first on.
    case vouch(digest: Digest, size: UInt64, first: UInt32, states: [UInt8])
    /// Leading pieces, and pieces in all, that the agent has verified by now.
    case progress(digest: Digest, prefix: UInt32, pieces: UInt32)
    /// The lease holder gives up: the origin does not deliver to it.
    case yield(digest: Digest, reason: String)
    case ping
    /// What does the tag mean? The registry may have been asked so long ago, at most.
    indirect case askTag(TagName, notOlderThan: Duration)
    /// What a registry has just said the tag means; nil when it could not be asked, or knows no such tag.
    indirect case tellTag(TagName, TagMeaning?)
    /// A registry's server (scheme, host and port) asks to be left alone.
    case pause(server: String, Duration)
    /// This agent fetches from no origin: it is to get no lease in this session.
    case offline
}

/// What a tracker says to an agent. What is long and seldom lies apart, as in `PeerMessage`.
public enum TrackerReply: Hashable, Sendable {
    indirect case hello(Hello)
    /// Peers for a blob. The size is nil while nobody has told it.
    case peers(digest: Digest, size: UInt64?, peers: [PeerRecord])
    /// The agent may fetch the blob from the origin, and nobody else does.
    ///
    /// - Parameter after: who held the lease until now and goes on serving: it has every piece whose state it vouched for.
    case lease(Digest, after: NodeID? = nil)
    /// The lease moved to another agent.
    case revoke(Digest)
    /// Vouched chain states, as the lease holder told them; possibly none, when only the size is news.
    case states(digest: Digest, size: UInt64, first: UInt32, states: [UInt8])
    /// No member could fetch the blob: everyone is on their own.
    case unavailable(digest: Digest, reason: String)
    case pong
    /// This tracker answers questions about tags, as those before did not.
    case sharesTags
    /// What the tag meant when a registry was asked, and how long ago that was.
    indirect case meaning(TagName, TagMeaning, age: Duration)
    /// Nobody has asked lately: the agent is to ask, and tell.
    indirect case askOrigin(TagName)
    /// Another agent was told by a registry's server to leave it alone.
    case pause(server: String, Duration)
    /// The lease is to move to an agent that is faster: bring what the origin was asked for already, vouch for it, and yield.
    case handOver(Digest)
}

/// How an agent asks for a blob.
public struct JoinRequest: Hashable, Sendable {
    public var digest: Digest
    /// Leading pieces that the agent has verified: whoever has most continues a lost lease.
    public var prefix: UInt32
    /// The agent is fetching from the origin under a lease that an earlier session gave it.
    public var holdsLease: Bool
    /// The agent found nobody who serves it, whatever the tracker believes.
    public var isAlone: Bool

    public init(digest: Digest, prefix: UInt32 = 0, holdsLease: Bool = false, isAlone: Bool = false) {
        self.digest = digest
        self.prefix = prefix
        self.holdsLease = holdsLease
        self.isAlone = isAlone
    }
}

/// A blob that a node holds whole.
public struct HeldBlob: Hashable, Sendable {
    public var digest: Digest
    public var size: UInt64

    public init(digest: Digest, size: UInt64) {
        self.digest = digest
        self.size = size
    }
}

/// A peer as the tracker hands it out.
public struct PeerRecord: Hashable, Sendable {
    public var node: NodeID
    /// `host:port` of its peer socket.
    public var address: String
    public var zone: String

    public init(node: NodeID, address: String, zone: String) {
        self.node = node
        self.address = address
        self.zone = zone
    }
}

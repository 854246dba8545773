/// Who holds or wants one blob, and who fetches it from the origin.
struct TrackedSwarm: Sendable {
    struct Member: Sendable {
        let node: Int32
        /// Leading pieces verified; meaningless for a seed.
        var prefix: UInt32
        /// All pieces verified, as last reported.
        var pieces: UInt32
        var isSeed: Bool
        let zone: ZoneKey
        /// How often it was in a handout.
        var namings: Int32 = 0

        /// Whether it is the better peer to name of two, and not only because it has less.
        func isNamedBefore(_ other: Member) -> Bool { namings < other.namings && isSeed == other.isSeed && pieces >= other.pieces }
    }

    /// A member that fetches the blob into its zone, where nobody has it; the others get it there.
    struct Gateway: Sendable {
        let node: Int32
        let zone: ZoneKey
        let since: Instant
        /// Members of other zones that it was told of, and whether any of them is in a fed zone.
        var told = 0
        var knowsFed = false
    }

    /// A member that fares badly and was told of members of other zones.
    struct Lookout: Sendable {
        let node: Int32
        let zone: ZoneKey
        let since: Instant
    }

    struct Lease: Sendable {
        let holder: Int32
        /// When the holder last said anything of it.
        var progressAt: Instant
        /// When it last had further states to tell.
        var newsAt: Instant
        /// How fast it is; nil before the holder has said anything.
        var pace: LeasePace?
        /// When it was last held against others.
        var judgedAt: Instant?
        /// The most pieces that any other member has; and since when the holder has had more and nobody has got any, nil while it has not.
        var mostElsewhere = 0
        var unservedSince: Instant?
        /// To whom it goes as soon as the holder has what it asked for already.
        var handOver: HandOver?
    }

    struct HandOver: Sendable {
        let next: NodeID
        let reason: String
        /// When the holder is not waited for any more.
        let deadline: Instant
    }

    struct Yield: Sendable {
        let node: Int32
        let at: Instant
    }

    let digest: Digest
    var size: UInt64?
    var members: [Member] = []
    var seeds = 0
    var lease: Lease?
    /// Until when a node with fewer leases than the one that asked is waited for.
    var leaseDueAt: Instant?
    /// Vouched by lease holders.
    var states: StateList
    /// When the members were last told of some, and from which on they are to be at the next turn.
    var toldAt = Instant.zero
    var untoldFrom: Int?
    var yields: [Yield] = []
    /// Holders that the lease was taken from because they were slow.
    var slowHolders: [NodeID] = []
    /// How many it was taken from because nobody else got anything of them.
    var uselessHolders = 0
    var gateways: [Gateway] = []
    var lookouts: [Lookout] = []

    /// Whether the node gave the lease up not long ago.
    func hasYielded(_ node: Int32, within memory: Duration, _ now: Instant) -> Bool {
        yields.contains { $0.node == node && now - $0.at < memory }
    }

    init(digest: Digest) {
        self.digest = digest
        self.states = StateList(digest.algorithm)
    }
}

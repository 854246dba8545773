import Swarm

/// One agent: the policy that ships, and what the world knows of its machine.
struct SimulatedNode: ~Copyable {
    let group: Scenario.Group
    /// An index into the world's zones.
    let zone: Int
    /// nil for a link without a limit.
    let up: FluidNetwork.PortID?
    let down: FluidNetwork.PortID?
    var policy: SwarmNode
    /// Raised whenever it dies.
    var epoch = 0
    var isAlive = true
    /// Its ends of connections, those that are closed too until they are looked through.
    var ends: [LinkEnd.ID] = []
    var session: SessionID?
    /// Runs from the origin, by blob.
    var runs: [Digest: Int] = [:]
    var habit = OriginHabit()
    var progress = BlobProgress()
    /// When its processor has done all that it was given, nanoseconds.
    var processorFreeAt: Int64 = 0

    /// Whether the run goes on until it has what it wants: hostile nodes want images too, and may be banned from them.
    var isHonest: Bool { group.misdeed == nil }

    /// Those of its pulls that have begun and not ended.
    var pulls: [Int] = []
    /// What it lacks of all that it ever wants, bytes.
    var lackedBytes: UInt64 = 0
    /// Dead, but not for ever.
    var comesBack = false
    var bytesFromPeers = 0
    var bytesFromOrigin = 0
    var bytesWasted = 0
    var bytesRejected = 0
    var bytesSent = 0
    var controlBytes = 0

    init(
        group: Scenario.Group, zone: Int, up: FluidNetwork.PortID?, down: FluidNetwork.PortID?,
        policy: consuming SwarmNode
    ) {
        self.group = group
        self.zone = zone
        self.up = up
        self.down = down
        self.policy = policy
    }
}

/// A blob of the image. Its bytes are nothing; its chain states are random numbers, the same for all who are honest.
struct SimulatedBlob {
    let digest: Digest
    let layout: PieceLayout
    /// S_1 … S_(n-1).
    let states: StateList

    /// - Returns: nil for a size that no blob can have.
    init?(size: UInt64, random: inout SeededGenerator) {
        guard let layout = PieceLayout(blobSize: size), let digest = Digest(.sha256, bytes: Self.bytes(&random)) else { return nil }
        var states = StateList(.sha256)
        for _ in 1..<layout.pieceCount { ChainState(.sha256, bytes: Self.bytes(&random)).map { states.append($0) } }
        self.digest = digest
        self.layout = layout
        self.states = states
    }

    private static func bytes(_ random: inout SeededGenerator) -> [UInt8] {
        (0..<4).flatMap { _ in
            let word = random.next()
            return (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64($0 * 8)) }
        }
    }
}

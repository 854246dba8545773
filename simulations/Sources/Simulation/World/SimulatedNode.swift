import Swarm

/// One agent: the policy that ships, and what the world knows of its machine.
final class SimulatedNode {
    let settings: NodeSettings
    let group: Scenario.Group
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
    /// Verified against states that are believed, and stored, by blob: what a restart finds.
    var recorded: [Digest: PieceSet] = [:]
    /// The piece that the client waits for, by blob.
    var positions: [Digest: Int] = [:]
    /// When its processor has done all that it was given, nanoseconds.
    var processorFreeAt: Int64 = 0

    /// Whether the run goes on until it has the image: hostile nodes want it too, and may be banned from it.
    var isWaitedFor: Bool { !group.holds && group.misdeed == nil }

    var wantedAt: Int64?
    var wholeAt: Int64?
    var missing = 0
    var failure: String?
    var bytesFromPeers = 0
    var bytesFromOrigin = 0
    var bytesWasted = 0
    var bytesRejected = 0
    var bytesSent = 0
    var controlBytes = 0

    init(settings: NodeSettings, group: Scenario.Group, up: FluidNetwork.PortID?, down: FluidNetwork.PortID?, policy: SwarmNode) {
        self.settings = settings
        self.group = group
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

public import Swarm

/// A whole cluster in virtual time: the policy of agents and tracker that ships, behind simulated links, processors and an origin.
public final class World {
    public let scenario: Scenario
    var queue: Agenda<Event>
    let isStepped: Bool
    private(set) var shards: [Shard] = []
    let shardShift: Int
    /// Whether several processors may have a part in it.
    var isParallel = true
    /// That of each shard, and the last one of what happens elsewhere; event by event one for all.
    let strands: [Strand]
    /// The last one.
    let strand: Strand
    var batch = EventBatch<Event>()
    var network: FluidNetwork
    /// Who is told of what flows, by flow, with the event that is scheduled for it.
    var owners: [FlowOwner] = []

    let nodes = Arena<SimulatedNode>()
    var nodeIndices: [NodeID: Int] = [:]
    let ends = Arena<LinkEnd>()
    let blobs: [SimulatedBlob]
    /// Of all blobs, by digest.
    let states: [Digest: StateList]
    private let blobIndices: [DigestBeginning: Int]

    var tracker: TrackerIndex?
    var trackerEpoch = 0
    var trackerFreeAt: Int64 = 0
    var sessions: [SessionID: Int] = [:]
    var lastSession: UInt64 = 0

    var runs: [Int: OriginRun] = [:]
    var lastRun = 0
    var originUp: FluidNetwork.PortID?
    var originStreams = 0
    var isOriginThere = true
    var zones: [SimulatedZone] = []
    let originZone: Int?
    let trackerZone: Int?

    var pulls: [PullRun] = []
    /// Pulls of honest nodes that have not come to an end.
    var waiting = 0
    /// What all honest nodes lack of what they ever want, bytes.
    public private(set) var wantedBytes: UInt64 = 0
    /// The same, each layer once.
    private(set) var distinctBytes: UInt64 = 0
    var originRefusals = 0
    var sampler: Sampler
    // Nanoseconds: asked for at every event.
    let latency: Int64
    let jitter: Int64
    /// When the run ends at the latest.
    private let end: Int64
    /// Bytes.
    let unsent: Double

    public init(_ scenario: Scenario) {
        self.scenario = scenario
        latency = scenario.network.latency.inNanoseconds
        jitter = scenario.network.jitter.inNanoseconds
        end = Self.settling + scenario.until.inNanoseconds
        unsent = Double(scenario.network.unsentBytes)
        let step = scenario.step.inNanoseconds
        isStepped = step > 0
        shardShift = Self.shardShift(scenario.nodeCount, isStepped: isStepped)
        let shardCount = max(1, (scenario.nodeCount + (1 << shardShift) - 1) >> shardShift)
        queue = Agenda(step: step, areas: shardCount + 1, lanes: isStepped ? shardCount + 1 : 1)
        network = FluidNetwork(isStepped: isStepped)
        var random = SeededGenerator(seed: scenario.seed)
        blobs = scenario.layers.compactMap { SimulatedBlob(size: $0, random: &random) }
        states = Dictionary(uniqueKeysWithValues: blobs.map { ($0.digest, $0.states) })
        blobIndices = Dictionary(uniqueKeysWithValues: blobs.enumerated().map { (DigestBeginning(of: $1.digest), $0) })
        originUp = network.addPort(scenario.origin.rate)
        let zones = Self.zones(of: scenario, &network)
        self.zones = zones
        originZone = scenario.origin.zone.flatMap { name in zones.firstIndex { $0.name == name } }
        trackerZone = scenario.tracker.zone.flatMap { name in zones.firstIndex { $0.name == name } }
        let (lanes, seed) = (queue.lanes, scenario.seed)
        let parcels = ParcelStore(desks: lanes.count)
        strands = lanes.enumerated().map { number, lane in
            // The last one, often the only one, goes on with what drew the blobs.
            let chance = number == lanes.count - 1 ? random : SeededGenerator(seed: seed &+ UInt64(number + 1) &* 0x9e37_79b9)
            return Strand(lane: lane, parcels: ParcelDesk(parcels, number: number), random: chance)
        }
        strand = strands[lanes.count - 1]
        sampler = Sampler(nodes: [])
        shards = (0..<shardCount).map { number in
            let first = number << shardShift
            return Shard(of: self, first..<min(first + 1 << shardShift, scenario.nodeCount), strands[isStepped ? number : 0])
        }
        if scenario.tracker.isThere { startTracker() }
        addNodes()
        for pull in scenario.pulls { plan(pull.image, node: pull.node % nodes.count, at: pull.time.inNanoseconds) }
        sampler = Sampler(nodes: countWanted())
        for index in scenario.faults.indices { schedule(at: Self.settling + scenario.faults[index].at.inNanoseconds, .fault(index)) }
    }

    // MARK: Running

    public var now: Instant { Instant(nanoseconds: queue.now) }
    public var isOver: Bool { isDone || queue.isEmpty }
    /// Nothing is waited for any more, or the time is up.
    var isDone: Bool { waiting == 0 || queue.now >= end }
    /// What all nodes have got, for a progress bar; may end a little above `wantedBytes`.
    public var receivedBytes: UInt64 { nodes.sum { UInt64($0.bytesFromOrigin + $0.bytesFromPeers) } }

    /// Runs a scenario from beginning to end.
    public static func run(_ scenario: Scenario) -> Outcome {
        let world = World(scenario)
        world.run()
        return world.outcome()
    }

    /// Something happens elsewhere than at a node.
    func happens(_ event: Event) {
        strand.eventCount += 1
        guard case .opens(let id, _) = event else {
            strand.log.note(queue.now, event)
            return handle(event)
        }
        guard let parcel = strand.parcels.take(id) else { return }
        strand.log.note(queue.now, parcel)
        open(parcel)
    }

    private func open(_ parcel: consuming Parcel) {
        switch consume parcel {
        case .dialled(let peer, let node, let epoch): dialled(peer, node, epoch)
        case .published(let node, let epoch, let digest, let size): published(node, epoch, digest, size)
        case .toTracker(let session, let request, let epoch): reachesTracker(session, request, epoch)
        case .handledByTracker(let session, let request, let epoch): handledByTracker(session, request, epoch)
        case .originAnswers(let run, let ask): originAnswers(run, ask)
        case .message, .checked, .fromTracker: preconditionFailure("a parcel that nodes open")
        }
    }

    private func handle(_ event: Event) {
        switch event {
        case .wants(let pull): wants(pull)
        case .flowed(let flow, let version): flowed(flow, version)
        case .dialsTracker(let node, let epoch): dialsTracker(node, epoch)
        case .sessionEnds(let session): sessionEnds(session)
        case .sessionLost(let session, let node, let epoch): sessionLost(session, node, epoch)
        case .trackerTicks(let epoch): trackerTicks(epoch)
        case .trackerWakes(let epoch): if epoch == trackerEpoch { perform(tracker?.tick(now: now) ?? []) }
        case .originHashed(let run): originHashed(run)
        case .fault(let index): strike(scenario.faults[index])
        case .revived(let node): revive(node)
        case .trackerReturns: startTracker()
        case .originReturns: isOriginThere = true
        case .zoneReturns(let zone): zoneReturns(zone)
        case .tick, .opens, .frameBegins, .frameFlows, .frameEnds, .closed: preconditionFailure("\(event) happens at a node")
        }
    }

    /// - Returns: the honest nodes that want anything.
    private func countWanted() -> [Int] {
        var lacked = Array(repeating: Set<Int>(), count: nodes.count)
        for pull in pulls where nodes[pull.node].isHonest { lacked[pull.node].formUnion(scenario.images[pull.image].layers) }
        for node in nodes.indices where !lacked[node].isEmpty {
            lacked[node].subtract(scenario.held(by: nodes[node].group))
            nodes[node].lackedBytes = scenario.bytes(of: lacked[node])
        }
        wantedBytes = nodes.sum { $0.lackedBytes }
        distinctBytes = scenario.bytes(of: lacked.reduce(into: Set<Int>()) { $0.formUnion($1) })
        return nodes.indices.filter { nodes[$0].lackedBytes > 0 }
    }

    // MARK: Time

    func after(_ delay: Duration, _ event: Event) { schedule(at: queue.now + delay.inNanoseconds, event) }

    /// - Parameters:
    ///   - time: nanoseconds.
    ///   - node: where it is opened; nil for elsewhere.
    func schedule(at time: Int64, _ parcel: consuming Parcel, at node: Int? = nil) {
        schedule(at: time, .opens(strand.parcels.put(parcel), node: node ?? Self.elsewhere), at: node, strand)
    }

    /// - Parameter time: nanoseconds.
    func schedule(at time: Int64, _ event: Event) { schedule(at: time, event, at: place(of: event), strand) }

    /// - Parameters:
    ///   - time: nanoseconds.
    ///   - node: where it happens; nil for elsewhere.
    ///   - strand: on which it is scheduled.
    func schedule(at time: Int64, _ event: Event, at node: Int?, _ strand: Strand) {
        if let node {
            strand.lane.schedule(at: time, event, at: Int32(truncatingIfNeeded: node & ((1 << shardShift) - 1)), of: node >> shardShift)
        } else {
            strand.lane.schedule(at: time, event, at: 0, of: shards.count)
        }
    }

    func blobIndex(_ digest: Digest) -> Int? { blobIndices[DigestBeginning(of: digest)] }

    /// While no shard is at work.
    func give(_ event: consuming NodeEvent, to node: Int) {
        let shard = shard(of: node)
        shard.give(event, to: node)
        shard.placeOrders()
    }

    // MARK: Counts

    public var eventCount: Int { strands.reduce(0) { $0 + $1.eventCount } }
    var crossZoneBytes: Int { strands.reduce(0) { $0 + $1.crossZoneBytes } }
    /// Of all that happened on all strands.
    var log: EventLog { strands.dropFirst().reduce(strands[0].log) { $0.joined($1.log) } }
}

public import Swarm

/// A whole cluster in virtual time: the policy of agents and tracker that ships, behind simulated links, processors and an origin.
public final class World {
    public let scenario: Scenario
    var queue: Agenda<Event>
    private var parcels = Parcels()
    var random: SeededGenerator
    var network: FluidNetwork
    /// Who is told of what flows, by flow, with the event that is scheduled for it.
    var owners: [FlowOwner] = []

    var nodes: [SimulatedNode] = []
    var nodeIndices: [NodeID: Int] = [:]
    var ends: [LinkEnd] = []
    let blobs: [SimulatedBlob]
    /// By how their digests begin: these are random numbers.
    private let blobIndices: [UInt64: Int]

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
    var log = EventLog()
    public private(set) var eventCount = 0
    var crossZoneBytes = 0
    var originRefusals = 0
    var sampler: Sampler
    /// Nanoseconds: asked for with every message.
    let latency: Int64
    let jitter: Int64
    /// Bytes.
    let unsent: Double

    public init(_ scenario: Scenario) {
        self.scenario = scenario
        latency = scenario.network.latency.inNanoseconds
        jitter = scenario.network.jitter.inNanoseconds
        unsent = Double(scenario.network.unsentBytes)
        let step = scenario.step.inNanoseconds
        queue = Agenda(step: step, places: scenario.nodeCount + 1)
        network = FluidNetwork(isStepped: step > 0)
        var random = SeededGenerator(seed: scenario.seed)
        let blobs = scenario.layers.compactMap { SimulatedBlob(size: $0, random: &random) }
        originUp = network.addPort(scenario.origin.rate)
        let zones = Self.zones(of: scenario, &network)
        self.zones = zones
        originZone = scenario.origin.zone.flatMap { name in zones.firstIndex { $0.name == name } }
        trackerZone = scenario.tracker.zone.flatMap { name in zones.firstIndex { $0.name == name } }
        self.random = random
        self.blobs = blobs
        blobIndices = Dictionary(uniqueKeysWithValues: blobs.enumerated().map { ($1.digest.beginning, $0) })
        sampler = Sampler(nodes: [])
        if scenario.tracker.isThere { startTracker() }
        for group in scenario.groups { for _ in 0..<group.count { addNode(group) } }
        for pull in scenario.pulls { plan(pull.image, node: pull.node % nodes.count, at: pull.time.inNanoseconds) }
        sampler = Sampler(nodes: countWanted())
        for index in scenario.faults.indices { schedule(at: Self.settling + scenario.faults[index].at.inNanoseconds, .fault(index)) }
    }

    // MARK: Running

    public var now: Instant { Instant(nanoseconds: queue.now) }
    public var isOver: Bool { waiting == 0 || queue.now >= Self.settling + scenario.until.inNanoseconds || queue.isEmpty }
    /// What all nodes have got, for a progress bar; may end a little above `wantedBytes`.
    public var receivedBytes: UInt64 { nodes.reduce(0) { $0 + UInt64($1.bytesFromOrigin + $1.bytesFromPeers) } }

    /// Runs a scenario from beginning to end.
    public static func run(_ scenario: Scenario) -> Outcome {
        let world = World(scenario)
        world.run()
        return world.outcome()
    }

    /// Runs through so many events, or to the end.
    public func run(events limit: Int = .max) {
        let last = limit == .max ? .max : eventCount + limit
        while eventCount < last, !isOver {
            if queue.step > 0 {
                runStep()
            } else if let event = queue.pop() {
                happens(event)
                drainFlows()
            }
        }
    }

    /// All that happens until the end of the step: bytes flow, then nodes hear of it, one after the other.
    private func runStep() {
        queue.advance(byOne: network.isAnyRunning)
        for flow in network.advance(to: queue.now) { goalReached(flow) }
        while case let events = queue.take(), !events.isEmpty { for event in events { happens(event) } }
        network.settle(step: Double(queue.step) / 1e9)
    }

    private func happens(_ event: Event) {
        eventCount += 1
        if queue.now >= sampler.nextAt { look() }
        guard case .opens(let id, _) = event else {
            log.note(queue.now, event)
            return handle(event)
        }
        guard let parcel = parcels.take(id) else { return }
        log.note(queue.now, parcel)
        open(parcel)
    }

    private func open(_ parcel: Parcel) {
        switch parcel {
        case .message(let end, let message):
            if ends[end].isOpen { give(.message(LinkEnd.connection(end), message), to: ends[end].node) }
        case .dialled(let peer, let node, let epoch): dialled(peer, node, epoch)
        case .checked(let node, let epoch, let digest, let piece, let connection, let peer, let link, let verdict, let isTrusted):
            guard nodes[node].epoch == epoch else { return }
            if verdict == .stored, isTrusted, let blob = blobIndex(digest) { record(blob, piece, at: node) }
            give(.checked(digest, piece: piece, from: connection, node: peer, link: link, verdict), to: node)
        case .published(let node, let epoch, let digest, let size): published(node, epoch, digest, size)
        case .toTracker(let session, let request, let epoch): reachesTracker(session, request, epoch)
        case .handledByTracker(let session, let request, let epoch): handledByTracker(session, request, epoch)
        case .fromTracker(let session, let reply, let node, let epoch):
            if nodes[node].epoch == epoch, nodes[node].session == session { give(.tracker(reply), to: node) }
        case .originAnswers(let run, let ask): originAnswers(run, ask)
        }
    }

    private func handle(_ event: Event) {
        switch event {
        case .tick(let node, let epoch): tick(node, epoch)
        case .wants(let pull): wants(pull)
        case .opens: break
        case .frameBegins(let end, let frame): frameBegins(end, frame)
        case .frameFlows(let end, let serial): frameFlows(end, serial)
        case .frameEnds(let end, let frame): frameEnds(end, frame)
        case .closed(let end): peerClosed(end)
        case .taken(let end, let frames): takes(end, frames: frames)
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
        wantedBytes = nodes.reduce(0) { $0 + $1.lackedBytes }
        distinctBytes = scenario.bytes(of: lacked.reduce(into: Set<Int>()) { $0.formUnion($1) })
        return nodes.indices.filter { nodes[$0].lackedBytes > 0 }
    }

    // MARK: Time

    func after(_ delay: Duration, _ event: Event) { schedule(at: queue.now + delay.inNanoseconds, event) }

    /// - Parameter time: nanoseconds.
    func schedule(at time: Int64, _ parcel: Parcel) { schedule(at: time, .opens(parcels.put(parcel), node: place(of: parcel))) }

    /// - Parameter time: nanoseconds.
    func schedule(at time: Int64, _ event: Event) { queue.schedule(at: time, event, at: queue.step > 0 ? place(of: event) : 0) }

    func blobIndex(_ digest: Digest) -> Int? { blobIndices[digest.beginning] }

    func give(_ event: NodeEvent, to node: Int) {
        guard nodes[node].isAlive else { return }
        perform(nodes[node].policy.handle(event, now: now), at: node)
    }
}

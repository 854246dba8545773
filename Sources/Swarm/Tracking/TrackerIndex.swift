/// The tracker's memory and judgement: who holds what, who is handed out to whom, who may fetch from the origin.
///
/// Pure and deterministic. Nodes and swarms live in slots, so that a (blob, peer) pair costs a few words on each side.
public struct TrackerIndex: Sendable {
    struct Node: Sendable {
        var record: PeerRecord {
            didSet { zone = ZoneKey(record.zone) }
        }
        private(set) var zone: ZoneKey
        /// nil for a node known from before a restart that has not come back yet.
        var session: SessionID?
        var lastHeardAt: Instant
        /// Leases that it holds.
        var leases = 0
        /// What they bring now, bytes a second, and the most that they brought lately.
        var leasedRate = 0
        var originRate = RateMemory()
        /// Until when it gets leases only if nobody else wants them.
        var slowUntil: Instant?
        /// When it last got a lease because it could reach nobody.
        var pleaGrantedAt: Instant?
        /// It fetches from no origin, as it said in this session.
        var isOffline = false
        /// Swarms of which it is a gateway.
        var gateways = 0
        /// Swarm slot to index among its members.
        var memberships: [Int32: Int32] = [:]

        init(record: PeerRecord, session: SessionID?, lastHeardAt: Instant) {
            self.record = record
            self.zone = ZoneKey(record.zone)
            self.session = session
            self.lastHeardAt = lastHeardAt
        }
    }

    let settings: TrackerSettings
    /// Where leases go by preference.
    let originZone: ZoneKey?
    var random: SeededGenerator
    var nodes: [Node?] = []
    private var freeNodes: [Int32] = []
    var nodeSlots: [NodeID: Int32] = [:]
    var sessions: [SessionID: Int32] = [:]
    var swarms: [TrackedSwarm?] = []
    private var freeSwarms: [Int32] = []
    var swarmSlots: [Digest: Int32] = [:]
    /// Swarms with a lease, in the order in which the leases were given.
    var leased: [Int32] = []
    /// Connected nodes by zone.
    private(set) var zones: [ZoneKey: Int] = [:]
    /// Swarms with gateways.
    var gated: [Int32] = []
    /// Zones that wait for a gateway that has no such office yet, or whose gateway knows nobody in a fed zone yet, in the order in which they are due.
    var gatewaysDue: [(slot: Int32, zone: ZoneKey, at: Instant)] = []
    /// Swarms whose lease waits for a node that has none yet, in the order in which they are due.
    var due: [Int32] = []
    /// Members that wait for a lease though there are seeds, in the order in which they are due.
    var pleas: [Plea] = []
    /// What all leases together bring now, bytes a second, and the most that they brought lately.
    var leasedRate = 0
    var bestLeasedRate = RateMemory()
    /// It is no more than half of that: the origin could give more.
    var isOriginIdle = false
    /// Until when transfers that were under way before this tracker began may find their lease holder again.
    private(set) var settlingUntil: Instant?
    private var hasBegun = false
    /// Until when nodes from before a restart are believed to be there.
    private var restoredUntil: Instant?
    var tags = TagBoard()
    var pauses = PauseBoard()
    var actions: [TrackerAction] = []

    /// Joins taken in since the start.
    public private(set) var joinCount: UInt64 = 0
    /// (blob, peer) pairs.
    public internal(set) var memberCount = 0

    public init(settings: TrackerSettings, seed: UInt64) {
        self.settings = settings
        self.originZone = settings.originZone.map { ZoneKey($0) }
        self.random = SeededGenerator(seed: seed)
    }

    public var nodeCount: Int { sessions.count }
    public var swarmCount: Int { swarmSlots.count }
    public var leaseCount: Int { leased.count }

    // MARK: Sessions

    /// An agent has said hello.
    public mutating func connected(_ session: SessionID, _ hello: Hello, now: Instant) -> [TrackerAction] {
        defer { actions = [] }
        do {
            try hello.check(role: .agent, cluster: settings.cluster)
        } catch {
            return [.close(session, reason: "\(error)")]
        }
        if !hasBegun {
            hasBegun = true
            settlingUntil = now + settings.settling
        }
        let record = PeerRecord(node: hello.node, address: hello.address, zone: hello.zone)
        if let slot = nodeSlots[hello.node], let old = nodes[Int(slot)] {
            if let previous = old.session {
                sessions[previous] = nil
                actions.append(.close(previous, reason: "the same node connected again"))
            }
            if old.session != nil { count(old.zone, -1) }
            nodes[Int(slot)]?.record = record
            nodes[Int(slot)]?.session = session
            nodes[Int(slot)]?.lastHeardAt = now
            nodes[Int(slot)]?.isOffline = false
            sessions[session] = slot
        } else {
            guard nodeSlots.count < settings.nodeLimit else {
                return [.close(session, reason: "the tracker has \(settings.nodeLimit) nodes, its limit")]
            }
            sessions[session] = addNode(Node(record: record, session: session, lastHeardAt: now))
        }
        count(ZoneKey(record.zone), 1)
        actions.append(.remember(.node(record)))
        actions.append(.report(.joined(hello.node, address: hello.address)))
        tellPauses(to: session, now)
        return actions
    }

    /// Being connected is being alive: who is gone holds nothing.
    public mutating func disconnected(_ session: SessionID, now: Instant) -> [TrackerAction] {
        defer { actions = [] }
        send(tags.leave(session, now: now))
        guard let slot = sessions.removeValue(forKey: session), let node = nodes[Int(slot)], node.session == session else { return actions }
        actions.append(.report(.left(node.record.node)))
        drop(slot, now)
        return actions
    }

    /// Takes in a message of a session that has said hello.
    public mutating func handle(_ request: TrackerRequest, from session: SessionID, now: Instant) throws(WireError) -> [TrackerAction] {
        defer { actions = [] }
        guard let slot = sessions[session] else { throw .unexpected(message: "a message before hello") }
        nodes[Int(slot)]?.lastHeardAt = now
        guard !shared(request, from: session, now: now) else { return actions }
        switch request {
        case .hello: throw .unexpected(message: "a second hello")
        case .ping: actions.append(.send(session, .pong))
        case .offline:
            nodes[Int(slot)]?.isOffline = true
            tags.noteOffline(session)
        case .join(let join): try self.join(join, slot, session, now)
        case .announce(let blobs): for blob in blobs { try announce(blob, slot, now) }
        case .leave(let digest): leave(digest, slot, now)
        case .progress(let digest, let prefix, let pieces): progress(digest, prefix, pieces, slot, now)
        case .vouch(let digest, let size, let first, let states):
            guard let list = StateList(digest.algorithm, first: Int(first), bytes: states) else { throw .invalid(field: "states") }
            vouch(digest, size, list, slot, now)
        case .yield(let digest, let reason): yield(digest, reason, slot, now)
        case .askTag, .tellTag, .pause: break
        }
        return actions
    }

    /// Moves leases that stand still, and forgets nodes that never came back.
    public mutating func tick(now: Instant) -> [TrackerAction] {
        defer { actions = [] }
        for swarm in leased {
            judgeService(swarm, now)
            takeTurn(of: swarm, now)
            if let deadline = swarms[Int(swarm)]?.lease?.handOver?.deadline, deadline <= now { completeHandOver(swarm, now) }
            guard let lease = swarms[Int(swarm)]?.lease,
                now - lease.progressAt > settings.leaseTimeout || now - lease.newsAt > settings.leasePatience
            else { continue }
            moveLease(swarm, reason: "no progress for \(now - min(lease.progressAt, lease.newsAt))", now)
        }
        grantDue(now)
        grantPleas(now)
        appointDue(now)
        reinforceGateways(now)
        send(tags.tick(now: now))
        for (index, node) in nodes.enumerated() {
            guard let node, let session = node.session, now - node.lastHeardAt > settings.deadAfter else { continue }
            actions.append(.close(session, reason: "silent for \(settings.deadAfter)"))
            sessions[session] = nil
            drop(Int32(index), now)
        }
        if let until = settlingUntil, now > until {
            settlingUntil = nil
            for slot in swarms.indices { seekHolder(Int32(slot), now) }
        }
        if let until = restoredUntil, now > until {
            restoredUntil = nil
            for (index, node) in nodes.enumerated() where node != nil && node?.session == nil { drop(Int32(index), now) }
        }
        return actions
    }

    // MARK: Memory of an earlier run

    /// Takes back what an earlier run remembered.
    public mutating func restore(nodes: [PeerRecord], swarms: [SwarmRecord], members: [(Digest, NodeID, isSeed: Bool)], now: Instant) {
        for record in nodes where nodeSlots[record.node] == nil { _ = addNode(Node(record: record, session: nil, lastHeardAt: now)) }
        for record in swarms {
            let slot = swarm(record.digest)
            self.swarms[Int(slot)]?.size = record.size
            self.swarms[Int(slot)]?.states = record.states
        }
        for (digest, node, isSeed) in members {
            guard let node = nodeSlots[node] else { continue }
            enlist(node, in: swarm(digest), prefix: 0, isSeed: isSeed)
        }
        for record in swarms {
            guard let holder = record.leaseHolder.flatMap({ nodeSlots[$0] }), let slot = swarmSlots[record.digest] else { continue }
            self.swarms[Int(slot)]?.lease = TrackedSwarm.Lease(holder: holder, progressAt: now, newsAt: now)
            leased.append(slot)
            self.nodes[Int(holder)]?.leases += 1
        }
        for slot in self.swarms.indices { tidy(Int32(slot)) }
        restoredUntil = now + settings.restoredGrace
        actions = []
    }

    /// What is to be remembered of a swarm besides its members; nil when it is gone.
    public func record(of digest: Digest) -> SwarmRecord? {
        guard let slot = swarmSlots[digest], let swarm = swarms[Int(slot)] else { return nil }
        let holder = swarm.lease.flatMap { nodes[Int($0.holder)]?.record.node }
        return SwarmRecord(digest: digest, size: swarm.size, states: swarm.states, leaseHolder: holder)
    }

    // MARK: Slots

    private mutating func addNode(_ node: Node) -> Int32 {
        let slot: Int32
        if let free = freeNodes.popLast() {
            slot = free
            nodes[Int(slot)] = node
        } else {
            slot = Int32(nodes.count)
            nodes.append(node)
        }
        nodeSlots[node.record.node] = slot
        return slot
    }

    /// The node is gone: it leaves every swarm, in slot order so that the same events give the same actions.
    private mutating func drop(_ slot: Int32, _ now: Instant) {
        guard let node = nodes[Int(slot)] else { return }
        if node.session != nil { count(node.zone, -1) }
        nodes[Int(slot)]?.session = nil
        for swarm in node.memberships.keys.sorted() {
            dismiss(slot, from: swarm)
            if swarms[Int(swarm)]?.lease?.holder == slot { moveLease(swarm, reason: "its holder is gone", now) }
            seekHolder(swarm, now)
            seekGateway(swarm, for: node.zone, now)
            tidy(swarm)
        }
        nodes[Int(slot)] = nil
        nodeSlots[node.record.node] = nil
        freeNodes.append(slot)
        actions.append(.remember(.forgetNode(node.record.node)))
    }

    private mutating func count(_ zone: ZoneKey, _ change: Int) {
        let sum = (zones[zone] ?? 0) + change
        zones[zone] = sum > 0 ? sum : nil
    }

    /// The slot of a blob's swarm, which is begun if there is none.
    mutating func swarm(_ digest: Digest) -> Int32 {
        if let slot = swarmSlots[digest] { return slot }
        let slot: Int32
        if let free = freeSwarms.popLast() {
            slot = free
            swarms[Int(slot)] = TrackedSwarm(digest: digest)
        } else {
            slot = Int32(swarms.count)
            swarms.append(TrackedSwarm(digest: digest))
        }
        swarmSlots[digest] = slot
        return slot
    }

    /// Ends a swarm that has no member left.
    mutating func tidy(_ slot: Int32) {
        guard let swarm = swarms[Int(slot)], swarm.members.isEmpty else { return }
        endLease(slot)
        due.removeAll { $0 == slot }
        gatewaysDue.removeAll { $0.slot == slot }
        gated.removeAll { $0 == slot }
        swarms[Int(slot)] = nil
        swarmSlots[swarm.digest] = nil
        freeSwarms.append(slot)
        actions.append(.remember(.forgetSwarm(swarm.digest)))
    }

    mutating func countJoin() { joinCount += 1 }
}

import Swarm
import Testing

/// A tracker index with nodes that speak to it directly.
struct TrackerBench {
    var index: TrackerIndex
    var now = Instant.zero
    /// What was sent to each node.
    var heard: [Int: [TrackerReply]] = [:]
    var changes: [TrackerChange] = []
    private var connected: Set<Int> = []

    init(adjust: (inout TrackerSettings) -> Void = { _ in }) {
        var settings = TrackerSettings(cluster: "test")
        adjust(&settings)
        index = TrackerIndex(settings: settings, seed: 1)
    }

    func record(_ node: Int, zone: String = "") -> PeerRecord {
        PeerRecord(node: NodeID(high: 9, low: UInt64(node)), address: "n\(node):1", zone: zone)
    }

    @discardableResult
    mutating func connect(_ node: Int, zone: String = "", session: Int? = nil) -> [TrackerAction] {
        connected.insert(node)
        let hello = Hello(role: .agent, node: record(node).node, cluster: "test", zone: zone, address: record(node).address)
        return take(index.connected(SessionID(UInt64(session ?? node)), hello, now: now))
    }

    mutating func disconnect(_ node: Int) {
        connected.remove(node)
        take(index.disconnected(SessionID(UInt64(node)), now: now))
    }

    /// - Returns: what this node was sent at once.
    mutating func say(_ node: Int, _ request: TrackerRequest) throws(WireError) -> [TrackerReply] {
        if !connected.contains(node) { connect(node) }
        let before = heard[node]?.count ?? 0
        take(try index.handle(request, from: SessionID(UInt64(node)), now: now))
        return Array((heard[node] ?? []).dropFirst(before))
    }

    mutating func join(_ node: Int, _ blob: ToyContent, isAlone: Bool = false) throws(WireError) -> [TrackerReply] {
        try say(node, .join(JoinRequest(digest: blob.digest, isAlone: isAlone)))
    }

    mutating func vouch(_ node: Int, _ blob: ToyContent, _ range: Range<Int>) throws(WireError) -> [TrackerReply] {
        let list = blob.states.slice(range)
        return try say(node, .vouch(digest: blob.digest, size: blob.size, first: UInt32(list.first), states: list.bytes))
    }

    mutating func tick(after duration: Duration) {
        now = now + duration
        take(index.tick(now: now))
    }

    @discardableResult
    private mutating func take(_ actions: [TrackerAction]) -> [TrackerAction] {
        for action in actions {
            switch action {
            case .send(let session, let reply): heard[Int(session.rawValue), default: []].append(reply)
            case .tell(let sessions, let reply): for session in sessions { heard[Int(session.rawValue), default: []].append(reply) }
            case .wake: break
            case .remember(let change): changes.append(change)
            case .close, .report: break
            }
        }
        return actions
    }
}

import Swarm
import Yams

/// Reading a scenario file. `simulations/README.md` describes the format; unknown keys are errors.
extension Scenario {
    /// No scenario is larger, bytes.
    static let fileLimit = 1 << 20
    /// More nodes, or blobs of one image, are taken for a mistake.
    static let nodeLimit = 1_000_000
    static let blobLimit = 1000

    /// - Parameters:
    ///   - text: YAML.
    ///   - file: what it is called in errors.
    ///   - changes: values to be put in place of the file's, `origin.rate=50 MB/s`; a list's items are counted from 0: `nodes.0.count=64`.
    public init(text: String, file: String, changes: [String] = []) throws(ScenarioError) {
        guard text.utf8.count <= Self.fileLimit else {
            throw ScenarioError(file: file, line: nil, problem: "it has more than \(Self.fileLimit) bytes, the limit")
        }
        var root = try Self.parse(text, file)
        for change in changes { try Self.apply(change, to: &root) }
        let fields = try ScenarioFields(
            root, name: "the scenario", file: file,
            keys: [
                "name", "description", "seed", "image", "nodes", "network", "zones", "origin", "tracker", "costs", "faults", "policy",
                "until",
            ])
        self.init(
            name: try fields.text("name") ?? file, image: try Self.image(try fields.required("image"), file),
            groups: try Self.groups(try fields.required("nodes"), file))
        description = try fields.text("description") ?? ""
        seed = try fields.read("seed", form: "a whole number", UInt64.init) ?? 1
        until = try fields.duration("until") ?? until
        if let node = fields.node("network") { network = try Self.network(node, file) }
        if let node = fields.node("zones") { zones = try Self.zones(node, file) }
        if let node = fields.node("origin") { origin = try Self.origin(node, file) }
        if let node = fields.node("tracker") { tracker = try Self.tracker(node, file) }
        if let node = fields.node("costs") { costs = try Self.costs(node, file) }
        if let node = fields.node("policy") { try Self.readPolicy(node, file, into: &agent) }
        if let node = fields.node("faults") { faults = try Self.items(node, "faults", file, Self.fault) }
    }

    private static func parse(_ text: String, _ file: String) throws(ScenarioError) -> Node {
        do {
            // Aliases could make a small file a huge tree.
            guard !text.contains("&"), let node = try Yams.compose(yaml: text) else {
                throw ScenarioError(file: file, line: nil, problem: "it is empty, or has anchors (&name), which are not taken")
            }
            return node
        } catch let error as ScenarioError {
            throw error
        } catch {
            throw ScenarioError(file: file, line: nil, problem: "it is no YAML: \(error)")
        }
    }

    // MARK: Changes

    private static func apply(_ change: String, to root: inout Node) throws(ScenarioError) {
        let parts = change.split(separator: "=", maxSplits: 1)
        guard parts.count == 2 else {
            throw ScenarioError(file: "--set \(change)", line: nil, problem: "write key=value, such as origin.rate=50 MB/s")
        }
        let path = parts[0].split(separator: ".").map(String.init)
        guard !path.isEmpty, set(&root, path[...], Node(String(parts[1]))) else {
            throw ScenarioError(file: "--set \(change)", line: nil, problem: "the scenario has no place \(parts[0])")
        }
    }

    private static func set(_ node: inout Node, _ path: ArraySlice<String>, _ value: Node) -> Bool {
        guard let key = path.first else {
            node = value
            return true
        }
        switch node {
        case .mapping(var mapping):
            var inner = mapping[key] ?? (path.count > 1 ? Node([(Node, Node)]()) : value)
            guard set(&inner, path.dropFirst(), value) else { return false }
            mapping[key] = inner
            node = .mapping(mapping)
            return true
        case .sequence(var sequence):
            guard let index = Int(key), sequence.indices.contains(index) else { return false }
            guard set(&sequence[index], path.dropFirst(), value) else { return false }
            node = .sequence(sequence)
            return true
        default: return false
        }
    }

    // MARK: Parts

    private static func items<Item>(
        _ node: Node, _ name: String, _ file: String, _ read: (Node, String) throws(ScenarioError) -> Item
    ) throws(ScenarioError) -> [Item] {
        guard case .sequence(let sequence) = node else {
            throw ScenarioError(file: file, line: node.mark?.line, problem: "\(name) must be a list")
        }
        var items: [Item] = []
        for item in sequence { items.append(try read(item, file)) }
        return items
    }

    private static func image(_ node: Node, _ file: String) throws(ScenarioError) -> [UInt64] {
        let sizes = try items(node, "image", file) { (item, file) throws(ScenarioError) in
            try ScenarioFields.parse(item, "a blob of the image", form: "a size such as 150 MB or 64 KiB", file: file) { text in
                Quantity.bytes(text).flatMap { PieceLayout(blobSize: $0) == nil ? nil : $0 }
            }
        }
        guard (1...blobLimit).contains(sizes.count) else {
            throw ScenarioError(file: file, line: node.mark?.line, problem: "image must have from 1 to \(blobLimit) blobs")
        }
        return sizes
    }

    private static func groups(_ node: Node, _ file: String) throws(ScenarioError) -> [Group] {
        let groups = try items(node, "nodes", file, group)
        let count = groups.reduce(0) { $0 + $1.count }
        guard (1...nodeLimit).contains(count) else {
            throw ScenarioError(file: file, line: node.mark?.line, problem: "nodes must be from 1 to \(nodeLimit) in all, not \(count)")
        }
        return groups
    }

    private static func group(_ node: Node, _ file: String) throws(ScenarioError) -> Group {
        let fields = try ScenarioFields(
            node, name: "nodes", file: file, keys: ["count", "up", "down", "zone", "join-at", "join-over", "misdeed", "holds"])
        var group = Group(count: try fields.count("count", 1...nodeLimit) ?? 1, up: .infinity, down: .infinity)
        group.up = try fields.rate("up") ?? group.up
        group.down = try fields.rate("down") ?? group.down
        group.zone = try fields.text("zone") ?? group.zone
        group.joinAt = try fields.duration("join-at") ?? group.joinAt
        group.joinOver = try fields.duration("join-over") ?? group.joinOver
        group.holds = try fields.flag("holds") ?? false
        let known = Misdeed.allCases.map(\.rawValue).joined(separator: " or ")
        group.misdeed = try fields.read("misdeed", form: known, Misdeed.init)
        return group
    }

    private static func network(_ node: Node, _ file: String) throws(ScenarioError) -> Network {
        let fields = try ScenarioFields(node, name: "network", file: file, keys: ["latency", "jitter", "unsent"])
        var network = Network()
        network.latency = try fields.duration("latency") ?? network.latency
        network.jitter = try fields.duration("jitter") ?? network.jitter
        network.unsentBytes = try fields.size("unsent") ?? network.unsentBytes
        return network
    }

    private static func zones(_ node: Node, _ file: String) throws(ScenarioError) -> [String: Zone] {
        guard case .mapping(let mapping) = node else {
            throw ScenarioError(file: file, line: node.mark?.line, problem: "zones must be a mapping of names to links")
        }
        var zones: [String: Zone] = [:]
        for (key, value) in mapping {
            let fields = try ScenarioFields(value, name: "a zone", file: file, keys: ["up", "down", "latency"])
            var zone = Zone()
            zone.up = try fields.rate("up") ?? zone.up
            zone.down = try fields.rate("down") ?? zone.down
            zone.latency = try fields.duration("latency") ?? zone.latency
            zones[key.string ?? ""] = zone
        }
        return zones
    }

    private static func origin(_ node: Node, _ file: String) throws(ScenarioError) -> Origin {
        let fields = try ScenarioFields(node, name: "origin", file: file, keys: ["rate", "stream-rate", "streams", "first-byte", "zone"])
        var origin = Origin()
        origin.rate = try fields.rate("rate") ?? origin.rate
        origin.streamRate = try fields.rate("stream-rate") ?? origin.streamRate
        origin.streamLimit = try fields.count("streams", 1...1_000_000) ?? origin.streamLimit
        origin.firstByte = try fields.duration("first-byte") ?? origin.firstByte
        origin.zone = try fields.text("zone")
        return origin
    }

    private static func tracker(_ node: Node, _ file: String) throws(ScenarioError) -> Tracker {
        let fields = try ScenarioFields(node, name: "tracker", file: file, keys: ["exists", "message-cost", "origin-zone"])
        var tracker = Tracker()
        tracker.isThere = try fields.flag("exists") ?? true
        tracker.messageCost = try fields.duration("message-cost") ?? tracker.messageCost
        tracker.originZone = try fields.text("origin-zone")
        return tracker
    }

    private static func costs(_ node: Node, _ file: String) throws(ScenarioError) -> Costs {
        let fields = try ScenarioFields(node, name: "costs", file: file, keys: ["hashing", "disk"])
        var costs = Costs()
        costs.hashing = try fields.rate("hashing") ?? costs.hashing
        costs.disk = try fields.rate("disk") ?? costs.disk
        return costs
    }

    private static func fault(_ node: Node, _ file: String) throws(ScenarioError) -> Fault {
        let fields = try ScenarioFields(node, name: "faults", file: file, keys: ["at", "crash", "stop", "back-after"])
        guard let at = try fields.duration("at") else {
            throw ScenarioError(file: file, line: node.mark?.line, problem: "a fault needs the key at, such as at: 5 s")
        }
        let back = try fields.duration("back-after")
        if let share = try fields.share("crash") { return Fault(at: at, kind: .crash(share: share, backAfter: back)) }
        let kinds: [String: Fault.Kind] = ["tracker": .trackerStops(backAfter: back), "origin": .originStops(backAfter: back)]
        guard let kind = try fields.read("stop", form: "tracker or origin", { kinds[$0] }) else {
            throw ScenarioError(file: file, line: node.mark?.line, problem: "a fault needs crash: 10 %, stop: tracker or stop: origin")
        }
        return Fault(at: at, kind: kind)
    }
}

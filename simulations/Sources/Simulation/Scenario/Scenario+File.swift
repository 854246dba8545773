import Swarm
import Yams

/// Reading a scenario file. `simulations/README.md` describes the format; unknown keys are errors.
extension Scenario {
    /// No scenario is larger, bytes.
    static let fileLimit = 1 << 20

    /// - Parameters:
    ///   - text: YAML.
    ///   - file: what it is called in errors.
    ///   - open: gives the bytes of another file that the scenario names, or says why it cannot.
    ///   - changes: values to be put in place of the file's, `origin.rate=50 MB/s`; a list's items are counted from 0: `nodes.0.count=64`.
    public init(
        text: String, file: String, changes: [String] = [],
        open: (String) throws(ScenarioError) -> [UInt8] = { path throws(ScenarioError) in
            throw ScenarioError(file: path, line: nil, problem: "it cannot be read from here")
        }
    ) throws(ScenarioError) {
        guard text.utf8.count <= Self.fileLimit else {
            throw ScenarioError(file: file, line: nil, problem: "it has more than \(Self.fileLimit) bytes, the limit")
        }
        var root = try Self.parse(text, file)
        for change in changes { try Self.apply(change, to: &root) }
        let fields = try ScenarioFields(
            root, name: "the scenario", file: file,
            keys: [
                "name", "description", "seed", "image", "layers", "images", "day", "trace", "nodes", "network", "zones", "origin",
                "tracker",
                "costs", "faults", "policy", "until",
            ])
        let images = try Images(fields, open)
        let groups = try Self.groups(try fields.required("nodes"), images, file)
        self.init(name: try fields.text("name") ?? file, layers: images.layers, images: images.images, groups: groups)
        pulls = images.pulls
        try checkWhatIsWanted(file)
        description = try fields.text("description") ?? ""
        seed = try fields.read("seed", form: "a whole number", UInt64.init) ?? 1
        until = try fields.duration("until") ?? until
        if let node = fields.node("network") { network = try Self.network(node, file) }
        if let node = fields.node("zones") { zones = try Self.zones(node, file) }
        if let node = fields.node("origin") { origin = try Self.origin(node, file) }
        if let node = fields.node("tracker") { tracker = try Self.tracker(node, file) }
        if let node = fields.node("costs") { costs = try Self.costs(node, file) }
        guard zoneNames.count <= Self.mostZones else {
            throw ScenarioError(file: file, line: nil, problem: "it has \(zoneNames.count) zones, and may have \(Self.mostZones)")
        }
        if let node = fields.node("policy") { try readPolicy(node, file) }
        if let node = fields.node("faults") { faults = try Self.items(node, "faults", file, fault) }
    }

    private func checkWhatIsWanted(_ file: String) throws(ScenarioError) {
        guard !pulls.isEmpty || groups.contains(where: { !$0.pulls.isEmpty }) else {
            throw ScenarioError(file: file, line: nil, problem: "nobody pulls anything: give nodes pulls, a list of image, at and over")
        }
        let isTooMuch = bytes(of: layers.indices).multipliedReportingOverflow(by: UInt64(nodeCount)).overflow
        guard !isTooMuch else {
            throw ScenarioError(file: file, line: nil, problem: "all layers at all nodes would be more than 16 EiB: have fewer of either")
        }
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

    static func items<Item>(
        _ node: Node, _ name: String, _ file: String, _ read: (Node, String) throws(ScenarioError) -> Item
    ) throws(ScenarioError) -> [Item] {
        guard case .sequence(let sequence) = node else {
            throw ScenarioError(file: file, line: node.mark?.line, problem: "\(name) must be a list")
        }
        var items: [Item] = []
        for item in sequence { items.append(try read(item, file)) }
        return items
    }
}

import Swarm
import Yams

/// Reading the groups of nodes, and what they want.
extension Scenario {
    /// More nodes are taken for a mistake.
    static let nodeLimit = 1_000_000

    static func groups(_ node: Node, _ images: Images, _ file: String) throws(ScenarioError) -> [Group] {
        let groups = try items(node, "nodes", file) { (item, file) throws(ScenarioError) in try group(item, images, file) }
        let count = groups.reduce(0) { $0 + $1.count }
        guard (1...nodeLimit).contains(count) else {
            throw ScenarioError(file: file, line: node.mark?.line, problem: "nodes must be from 1 to \(nodeLimit) in all, not \(count)")
        }
        return groups
    }

    private static func group(_ node: Node, _ images: Images, _ file: String) throws(ScenarioError) -> Group {
        let fields = try ScenarioFields(
            node, name: "nodes", file: file, keys: ["count", "up", "down", "zone", "join-at", "join-over", "pulls", "misdeed", "holds"])
        var group = Group(count: try fields.count("count", 1...nodeLimit) ?? 1, up: .infinity, down: .infinity)
        group.up = try fields.rate("up") ?? group.up
        group.down = try fields.rate("down") ?? group.down
        group.zone = try fields.text("zone") ?? group.zone
        group.holds = try fields.read("holds", form: "true, false or one of \(images.names)", images.held) ?? []
        group.pulls = try pulls(fields, of: group, images)
        let known = Misdeed.allCases.map(\.rawValue).joined(separator: " or ")
        group.misdeed = try fields.read("misdeed", form: known, Misdeed.init)
        return group
    }

    private static func pulls(_ fields: ScenarioFields, of group: Group, _ images: Images) throws(ScenarioError) -> [Pull] {
        let join = (at: try fields.duration("join-at"), over: try fields.duration("join-over"))
        guard let node = fields.node("pulls") else {
            // What there is but one of need not be named.
            if images.images.count == 1, group.holds.isEmpty, images.pulls.isEmpty {
                return [Pull(image: 0, at: join.at ?? .zero, over: join.over ?? .zero)]
            }
            guard let key = ["join-at", "join-over"].first(where: { fields.node($0) != nil }) else { return [] }
            throw ScenarioError(
                file: fields.file, line: fields.node(key)?.mark?.line,
                problem: "\(key) is for nodes that want the one image there is: write pulls, a list of image, at and over")
        }
        guard join.at == nil, join.over == nil else {
            throw ScenarioError(
                file: fields.file, line: node.mark?.line, problem: "nodes have pulls, which say when: leave join-at and join-over out")
        }
        return try items(node, "nodes.pulls", fields.file) { (item, file) throws(ScenarioError) in
            let fields = try ScenarioFields(item, name: "nodes.pulls", file: file, keys: ["image", "at", "over"])
            guard let image = try fields.read("image", form: "one of \(images.names)", images.index) ?? (images.images.count == 1 ? 0 : nil)
            else {
                throw ScenarioError(file: file, line: item.mark?.line, problem: "nodes.pulls needs the key image, one of \(images.names)")
            }
            return Pull(image: image, at: try fields.duration("at") ?? .zero, over: try fields.duration("over") ?? .zero)
        }
    }
}

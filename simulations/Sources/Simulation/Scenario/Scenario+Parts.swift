import Swarm
import Yams

/// Reading what is beside the nodes: links, the origin, the tracker, costs and faults.
extension Scenario {
    static func network(_ node: Node, _ file: String) throws(ScenarioError) -> Network {
        let fields = try ScenarioFields(node, name: "network", file: file, keys: ["latency", "jitter", "loss", "unsent", "step"])
        var network = Network()
        network.latency = try fields.duration("latency") ?? network.latency
        network.jitter = try fields.duration("jitter") ?? network.jitter
        network.loss = try fields.share("loss") ?? network.loss
        network.step = try fields.duration("step")
        network.unsentBytes = try fields.size("unsent") ?? network.unsentBytes
        return network
    }

    static func zones(_ node: Node, _ file: String) throws(ScenarioError) -> [String: Zone] {
        guard case .mapping(let mapping) = node else {
            throw ScenarioError(file: file, line: node.mark?.line, problem: "zones must be a mapping of names to links")
        }
        var zones: [String: Zone] = [:]
        for (key, value) in mapping {
            let fields = try ScenarioFields(value, name: "a zone", file: file, keys: ["up", "down", "latency", "loss"])
            var zone = Zone()
            zone.up = try fields.rate("up") ?? zone.up
            zone.down = try fields.rate("down") ?? zone.down
            zone.latency = try fields.duration("latency") ?? zone.latency
            zone.loss = try fields.share("loss") ?? zone.loss
            zones[key.string ?? ""] = zone
        }
        return zones
    }

    static func origin(_ node: Node, _ file: String) throws(ScenarioError) -> Origin {
        let fields = try ScenarioFields(node, name: "origin", file: file, keys: ["rate", "stream-rate", "streams", "first-byte", "zone"])
        var origin = Origin()
        origin.rate = try fields.rate("rate") ?? origin.rate
        origin.streamRate = try fields.rate("stream-rate") ?? origin.streamRate
        origin.streamLimit = try fields.count("streams", 1...1_000_000) ?? origin.streamLimit
        origin.firstByte = try fields.duration("first-byte") ?? origin.firstByte
        origin.zone = try fields.text("zone")
        return origin
    }

    static func tracker(_ node: Node, _ file: String) throws(ScenarioError) -> Tracker {
        let fields = try ScenarioFields(node, name: "tracker", file: file, keys: ["exists", "message-cost", "origin-zone", "zone"])
        var tracker = Tracker()
        tracker.isThere = try fields.flag("exists") ?? true
        tracker.messageCost = try fields.duration("message-cost") ?? tracker.messageCost
        tracker.settings.originZone = try fields.text("origin-zone")
        tracker.zone = try fields.text("zone")
        return tracker
    }

    static func costs(_ node: Node, _ file: String) throws(ScenarioError) -> Costs {
        let fields = try ScenarioFields(node, name: "costs", file: file, keys: ["hashing", "disk"])
        var costs = Costs()
        costs.hashing = try fields.rate("hashing") ?? costs.hashing
        costs.disk = try fields.rate("disk") ?? costs.disk
        return costs
    }

    func fault(_ node: Node, _ file: String) throws(ScenarioError) -> Fault {
        let fields = try ScenarioFields(node, name: "faults", file: file, keys: ["at", "crash", "cut", "stop", "back-after"])
        guard let at = try fields.duration("at") else {
            throw ScenarioError(file: file, line: node.mark?.line, problem: "a fault needs the key at, such as at: 5 s")
        }
        let back = try fields.duration("back-after")
        if let share = try fields.share("crash") { return Fault(at: at, kind: .crash(share: share, backAfter: back)) }
        let names = zoneNames
        if let zone = try fields.read("cut", form: "a zone: \(names.joined(separator: ", "))", { names.contains($0) ? $0 : nil }) {
            return Fault(at: at, kind: .cutsOff(zone: zone, backAfter: back))
        }
        let kinds: [String: Fault.Kind] = ["tracker": .trackerStops(backAfter: back), "origin": .originStops(backAfter: back)]
        guard let kind = try fields.read("stop", form: "tracker or origin", { kinds[$0] }) else {
            throw ScenarioError(
                file: file, line: node.mark?.line, problem: "a fault needs crash: 10 %, cut: zone, stop: tracker or stop: origin")
        }
        return Fault(at: at, kind: kind)
    }
}

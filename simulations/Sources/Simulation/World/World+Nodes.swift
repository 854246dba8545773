import Swarm

/// What becomes of nodes: they begin, keep what they have, die and come back.
extension World {
    /// All of them, in an order of chance: what several do at the same moment they do in that of their numbers, and no group is always the first
    /// to ask.
    func addNodes() {
        for group in scenario.groups.flatMap({ Array(repeating: $0, count: $0.count) }).shuffled(using: &strand.random) { addNode(group) }
    }

    private func addNode(_ group: Scenario.Group) {
        let index = nodes.count
        let id = NodeID(high: strand.random.next(), low: strand.random.next())
        var settings = scenario.agent
        (settings.node, settings.zone, settings.address) = (id, group.zone, "node\(index):7000")
        let held = scenario.held(by: group).map { (blobs[$0].digest, blobs[$0].layout.blobSize) }
        var node = SimulatedNode(
            group: group, zone: zones.firstIndex { $0.name == group.zone } ?? 0, up: network.addPort(group.up),
            down: network.addPort(group.down),
            policy: SwarmNode(settings: settings, held: Dictionary(uniqueKeysWithValues: held), seed: strand.random.next()))
        node.policy.likelyStates = states
        nodes.append(node)
        nodeIndices[id] = index
        begin(index)
        for pull in group.pulls { plan(pull, node: index) }
    }

    /// Nodes are there, and know the tracker, before the scenario's time begins, nanoseconds.
    static let settling: Int64 = 100_000_000

    private func begin(_ node: Int) {
        give(.trackerConnecting, to: node)
        dialTracker(node)
        // Each at a time of its own, as machines do.
        schedule(at: queue.now + Int64(strand.random.next() % 50_000_000), .tick(node: node, epoch: nodes[node].epoch))
    }

    func record(_ blob: Int, _ piece: Int, at node: Int) {
        nodes[node].progress.record(piece, of: blob, pieceCount: blobs[blob].layout.pieceCount)
    }

    /// - Returns: nanoseconds at which the node's processor has done this too.
    func work(_ seconds: Double, at node: Int) -> Int64 {
        nodes[node].processorFreeAt = max(queue.now, nodes[node].processorFreeAt) + Int64(seconds * 1e9)
        return nodes[node].processorFreeAt
    }

    /// Seconds that hashing and writing so many bytes take.
    func storing(_ bytes: Int) -> Double { Double(bytes) / scenario.costs.hashing + Double(bytes) / scenario.costs.disk }

    // MARK: Faults

    func strike(_ fault: Scenario.Fault) {
        switch fault.kind {
        case .crash(let share, let backAfter):
            let candidates = nodes.indices.filter { nodes[$0].isAlive }
            for node in candidates.shuffled(using: &strand.random).prefix(Int((share * Double(candidates.count)).rounded())) {
                crash(node, backAfter: backAfter)
            }
        case .trackerStops(let backAfter):
            stopTracker()
            if let backAfter { after(backAfter, .trackerReturns) }
        case .originStops(let backAfter):
            isOriginThere = false
            for run in runs.keys.sorted() { failRun(run, .broken("the origin is gone")) }
            if let backAfter { after(backAfter, .originReturns) }
        case .cutsOff(let zone, let backAfter): cutOff(zone, backAfter: backAfter)
        }
    }

    private func crash(_ index: Int, backAfter: Duration?) {
        nodes[index].isAlive = false
        nodes[index].epoch += 1
        for end in nodes[index].ends where ends[end].isOpen { shard(of: index).close(end) }
        shard(of: index).placeOrders()
        nodes[index].ends = []
        for run in nodes[index].runs.values.sorted() { endRun(run) }
        leaveTracker(index)
        nodes[index].comesBack = backAfter != nil
        if let backAfter {
            after(backAfter, .revived(node: index))
        } else {
            for pull in nodes[index].pulls { giveUp(pull) }
        }
    }

    func revive(_ index: Int) {
        let whole = blobs.filter { nodes[index].policy.holds($0.digest) }
        nodes[index].policy = SwarmNode(
            settings: nodes[index].policy.settings, held: Dictionary(uniqueKeysWithValues: whole.map { ($0.digest, $0.layout.blobSize) }),
            seed: strand.random.next())
        nodes[index].policy.likelyStates = states
        nodes[index].isAlive = true
        nodes[index].progress.forgetPositions()
        nodes[index].processorFreeAt = queue.now
        begin(index)
        for pull in nodes[index].pulls { self.pull(pull) }
    }
}

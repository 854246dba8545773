import Swarm

/// What nodes do by themselves: begin, want the image, look at the time, and keep what they have.
extension World {
    func addNode(_ group: Scenario.Group) {
        let index = nodes.count
        let id = NodeID(high: random.next(), low: random.next())
        var settings = scenario.agent
        (settings.node, settings.zone, settings.address) = (id, group.zone, "node\(index):7000")
        let held = scenario.held(by: group).map { (blobs[$0].digest, blobs[$0].layout.blobSize) }
        let node = SimulatedNode(
            settings: settings, group: group, zone: zones.firstIndex { $0.name == group.zone } ?? 0, up: network.addPort(group.up),
            down: network.addPort(group.down),
            policy: SwarmNode(settings: settings, held: Dictionary(uniqueKeysWithValues: held), seed: random.next()))
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
        schedule(at: queue.now + Int64(random.next() % 50_000_000), .tick(node: node, epoch: nodes[node].epoch))
    }

    func tick(_ node: Int, _ epoch: Int) {
        guard nodes[node].isAlive, nodes[node].epoch == epoch else { return }
        give(.tick, to: node)
        after(nodes[node].policy.isBusy ? .milliseconds(50) : .seconds(1), .tick(node: node, epoch: epoch))
    }

    func record(_ blob: Int, _ piece: Int, at node: Int) {
        nodes[node].recorded[blob, default: PieceSet(pieceCount: blobs[blob].layout.pieceCount)].insert(piece)
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
            for node in candidates.shuffled(using: &random).prefix(Int((share * Double(candidates.count)).rounded())) {
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
        let node = nodes[index]
        node.isAlive = false
        node.epoch += 1
        for end in node.ends where ends[end].isOpen { close(end) }
        node.ends = []
        for run in node.runs.values.sorted() { endRun(run) }
        leaveTracker(index)
        node.comesBack = backAfter != nil
        if let backAfter {
            after(backAfter, .revived(node: index))
        } else {
            for pull in node.pulls { giveUp(pull) }
        }
    }

    func revive(_ index: Int) {
        let node = nodes[index]
        let whole = blobs.filter { node.policy.holds($0.digest) }
        node.policy = SwarmNode(
            settings: node.settings, held: Dictionary(uniqueKeysWithValues: whole.map { ($0.digest, $0.layout.blobSize) }),
            seed: random.next())
        node.isAlive = true
        node.positions = [:]
        node.processorFreeAt = queue.now
        begin(index)
        for pull in node.pulls { self.pull(pull) }
    }

    // MARK: Actions

    func perform(_ actions: [NodeAction], at node: Int) {
        for action in actions { perform(action, at: node) }
    }

    private func perform(_ action: NodeAction, at index: Int) {
        let node = nodes[index]
        switch action {
        case .connect(let peer):
            let zone = nodeIndices[peer.node].map { nodes[$0].zone } ?? node.zone
            let time = queue.now + (isCut(node.zone, zone) ? Self.connectTimeout : latency(node.zone, zone))
            schedule(at: time, .dialled(peer, by: index, epoch: node.epoch))
        case .disconnect(let connection, _): close(LinkEnd.end(connection))
        case .send(let connection, let message): send(message, from: LinkEnd.end(connection))
        case .upload(let connection, let frame, _, _): upload(frame, from: LinkEnd.end(connection))
        case .sendStates(let connection, let channel, let digest, let first):
            guard let blob = blobIndex(digest) else { return }
            let states = blobs[blob].states
            let part = states.slice(first..<min(states.end, first + WireLimits.stateBytesPerMessage / digest.algorithm.byteCount))
            if !part.isEmpty { send(.states(channel: channel, first: UInt32(first), bytes: part.bytes), from: LinkEnd.end(connection)) }
        case .drop: break
        case .check(let digest, let piece, let connection, let peer, let link, let isTrusted):
            guard let layout = blobIndex(digest).map({ blobs[$0].layout }) else { return }
            let sender = nodes[ends[LinkEnd.other(LinkEnd.end(connection))].node]
            if sender.group.misdeed == .flipsBytes { node.bytesRejected += layout.length(of: piece) }
            let verdict = sender.group.misdeed == .flipsBytes ? PieceVerdict.mismatch : .stored
            let done = work(storing(layout.length(of: piece)), at: index)
            schedule(
                at: done,
                .checked(
                    node: index, epoch: node.epoch, digest, piece: piece, from: connection, peer: peer, link, verdict, isTrusted: isTrusted)
            )
        case .tell(let request): tell(request, from: index)
        case .fetchOrigin(let digest, let order): fetch(digest, order, at: index)
        case .stopOrigin(let digest): node.runs[digest].map(endRun)
        case .sized: break
        case .released(let digest): moveReader(digest, at: index)
        case .forget(let digest, let pieces):
            guard let blob = blobIndex(digest) else { return }
            for piece in pieces { node.recorded[blob]?.remove(piece) }
        case .restart(let digest, _):
            guard let blob = blobIndex(digest) else { return }
            node.recorded[blob] = nil
            node.positions[blob] = nil
        case .publish(let digest, let layout, _):
            schedule(at: queue.now + 1_000_000, .published(node: index, epoch: node.epoch, digest, size: layout.blobSize))
        case .fail(let digest, let failure):
            node.runs[digest].map(endRun)
            failed(index, digest, "\(failure)")
        case .report: break
        }
    }

    /// The client reads as fast as pieces are let out.
    private func moveReader(_ digest: Digest, at index: Int) {
        guard let blob = blobIndex(digest) else { return }
        let node = nodes[index]
        let position = node.positions[blob]
        let piece = node.policy.firstUnreleased(of: digest, from: position ?? 0)
        guard piece != position else { return }
        node.positions[blob] = piece
        if piece < blobs[blob].layout.pieceCount, node.policy.isTransferring(digest) {
            give(.readerMoved(digest, ReaderID(1), piece: piece), to: index)
        }
    }
}

import Swarm

/// What nodes do by themselves: begin, want the image, look at the time, and keep what they have.
extension World {
    func addNode(_ group: Scenario.Group) {
        let index = nodes.count
        let id = NodeID(high: random.next(), low: random.next())
        var settings = scenario.agent
        (settings.node, settings.zone, settings.address) = (id, group.zone, "node\(index):7000")
        let held = group.holds ? Dictionary(uniqueKeysWithValues: blobs.map { ($0.digest, $0.layout.blobSize) }) : [:]
        let node = SimulatedNode(
            settings: settings, group: group, up: network.addPort(group.up), down: network.addPort(group.down),
            policy: SwarmNode(settings: settings, held: held, seed: random.next()))
        nodes.append(node)
        nodeIndices[id] = index
        node.missing = group.holds ? 0 : blobs.count
        begin(index)
        guard !group.holds else { return }
        waiting += node.isWaitedFor ? 1 : 0
        let spread = group.joinOver.nanoseconds
        let late = spread > 0 ? Int64(random.next() % UInt64(spread)) : 0
        queue.schedule(at: group.joinAt.nanoseconds + Self.settling + late, .wants(node: index))
    }

    /// Nodes are there, and know the tracker, before the scenario's time begins, nanoseconds.
    static let settling: Int64 = 100_000_000

    private func begin(_ node: Int) {
        give(.trackerConnecting, to: node)
        dialTracker(node)
        // Each at a time of its own, as machines do.
        queue.schedule(at: queue.now + Int64(random.next() % 50_000_000), .tick(node: node, epoch: nodes[node].epoch))
    }

    func tick(_ node: Int, _ epoch: Int) {
        guard nodes[node].isAlive, nodes[node].epoch == epoch else { return }
        give(.tick, to: node)
        after(nodes[node].policy.isBusy ? .milliseconds(50) : .seconds(1), .tick(node: node, epoch: epoch))
    }

    func wants(_ index: Int) {
        let node = nodes[index]
        if node.wantedAt == nil { node.wantedAt = queue.now }
        guard node.isAlive else { return }
        for blob in blobs where !node.policy.holds(blob.digest) {
            let stored = node.recorded[blob.digest].map { pieces in
                // A store keeps as many states as its pieces reach.
                StoredPieces(
                    size: blob.layout.blobSize, states: blob.states.slice(1..<(pieces.max() ?? 0) + 2), pieces: pieces)
            }
            give(.want(blob.digest, reader: ReaderID(1), stored: stored, size: blob.layout.blobSize), to: index)
        }
    }

    func record(_ digest: Digest, _ piece: Int, at node: Int) {
        guard let blob = blobIndices[digest] else { return }
        nodes[node].recorded[digest, default: PieceSet(pieceCount: blobs[blob].layout.pieceCount)].insert(piece)
    }

    func published(_ index: Int, _ epoch: Int, _ digest: Digest, _ size: UInt64) {
        let node = nodes[index]
        guard node.epoch == epoch, node.policy.isTransferring(digest) else { return }
        give(.published(digest, size: size), to: index)
        node.missing -= 1
        if node.missing == 0 {
            node.wholeAt = queue.now
            waiting -= node.isWaitedFor ? 1 : 0
        }
    }

    func failed(_ index: Int, _ why: String) {
        guard nodes[index].failure == nil, nodes[index].wholeAt == nil else { return }
        nodes[index].failure = why
        waiting -= nodes[index].isWaitedFor ? 1 : 0
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
        if let backAfter {
            after(backAfter, .revived(node: index))
        } else if node.wholeAt == nil, node.failure == nil, node.isWaitedFor {
            waiting -= 1
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
        if node.wantedAt != nil, node.missing > 0 { wants(index) }
    }

    // MARK: Actions

    func perform(_ actions: [NodeAction], at node: Int) {
        for action in actions { perform(action, at: node) }
    }

    private func perform(_ action: NodeAction, at index: Int) {
        let node = nodes[index]
        switch action {
        case .connect(let peer):
            let time = queue.now + latency(node.settings.zone, peer.zone)
            queue.schedule(at: time, .dialled(peer, by: index, epoch: node.epoch))
        case .disconnect(let connection, _): close(LinkEnd.end(connection))
        case .send(let connection, let message): send(message, from: LinkEnd.end(connection))
        case .upload(let connection, let frame, _, _): upload(frame, from: LinkEnd.end(connection))
        case .sendStates(let connection, let channel, let digest, let first):
            guard let blob = blobIndices[digest] else { return }
            let states = blobs[blob].states
            let part = states.slice(first..<min(states.end, first + WireLimits.stateBytesPerMessage / digest.algorithm.byteCount))
            if !part.isEmpty { send(.states(channel: channel, first: UInt32(first), bytes: part.bytes), from: LinkEnd.end(connection)) }
        case .drop: break
        case .check(let digest, let piece, let connection, let peer, let link, let isTrusted):
            guard let layout = node.policy.layout(of: digest) else { return }
            let sender = nodes[ends[LinkEnd.other(LinkEnd.end(connection))].node]
            if sender.group.misdeed == .flipsBytes { node.bytesRejected += layout.length(of: piece) }
            let verdict = sender.group.misdeed == .flipsBytes ? PieceVerdict.mismatch : .stored
            let done = work(storing(layout.length(of: piece)), at: index)
            queue.schedule(
                at: done,
                .checked(
                    node: index, epoch: node.epoch, digest, piece: piece, from: connection, peer: peer, link, verdict, isTrusted: isTrusted)
            )
        case .tell(let request): tell(request, from: index)
        case .fetchOrigin(let digest, let order): fetch(digest, order, at: index)
        case .stopOrigin(let digest): node.runs[digest].map(endRun)
        case .sized: break
        case .released(let digest): moveReader(digest, at: index)
        case .forget(let digest, let pieces): for piece in pieces { node.recorded[digest]?.remove(piece) }
        case .restart(let digest, _):
            node.recorded[digest] = nil
            node.positions[digest] = nil
        case .publish(let digest, let layout, _):
            after(.milliseconds(1), .published(node: index, epoch: node.epoch, digest, size: layout.blobSize))
        case .fail(let digest, let failure):
            node.runs[digest].map(endRun)
            failed(index, "\(failure)")
        case .report: break
        }
    }

    /// The client reads as fast as pieces are let out.
    private func moveReader(_ digest: Digest, at index: Int) {
        guard let blob = blobIndices[digest] else { return }
        let node = nodes[index]
        var piece = node.positions[digest] ?? 0
        while piece < blobs[blob].layout.pieceCount, node.policy.isReleased(digest, piece: piece) { piece += 1 }
        node.positions[digest] = piece
        if piece < blobs[blob].layout.pieceCount, node.policy.isTransferring(digest) {
            give(.readerMoved(digest, ReaderID(1), piece: piece), to: index)
        }
    }
}

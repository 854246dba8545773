import Swarm
import Testing

/// Doing what a node's policy wants, and checking that it may.
extension Cluster {
    func perform(_ actions: [NodeAction], at node: SimulatedNode) {
        for action in actions {
            record("\(node.index): \(action)")
            perform(action, at: node)
        }
    }

    private func perform(_ action: NodeAction, at node: SimulatedNode) {
        switch action {
        case .connect(let peer): dial(peer, from: node)
        case .disconnect(let connection, _): closeLink(connection, at: node)
        case .send(let connection, let message): send(message, on: connection, from: node)
        case .upload(let connection, let frame, let digest, let fileOffset):
            upload(frame, of: digest, fileOffset: fileOffset, on: connection, from: node)
        case .sendStates(let connection, let channel, let digest, let first):
            let list = believed(digest, at: node).states
            guard first < list.end else { return }
            let part = list.slice(first..<min(list.end, first + WireLimits.stateBytesPerMessage / digest.algorithm.byteCount))
            send(.states(channel: channel, first: UInt32(first), bytes: part.bytes), on: connection, from: node)
        case .drop(let connection, let digest, let piece):
            node.gathered[SimulatedNode.Gathering(connection: connection, digest: digest, piece: piece)] = nil
        case .check(let check): hash(check, at: node)
        case .tell(let request): tell(request, from: node)
        case .fetchOrigin(let digest, let order): fetch(digest, order, at: node)
        case .stopOrigin(let digest): node.originStreams[digest] = nil
        case .drainOrigin(let digest): drain(digest, at: node)
        case .sized(let digest, let layout): sized(digest, layout, at: node)
        case .released(let digest): released(digest, at: node)
        case .forget(let digest, let pieces):
            for piece in pieces {
                node.store[digest]?.tags[piece] = nil
                node.store[digest]?.recorded.remove(piece)
            }
        case .restart(let digest, _):
            node.restarts += 1
            node.store[digest] = node.store[digest].map { SimulatedNode.Stored(layout: $0.layout) }
        case .publish(let digest, let layout, let states): publish(digest, layout, states, at: node)
        case .fail(let digest, let failure):
            node.failed[digest] = failure
            node.originStreams[digest] = nil
        case .report(let report): node.reports.append(report)
        }
    }

    /// What a node takes a blob to be: the truth, unless it lies.
    func believed(_ digest: Digest, at node: SimulatedNode) -> ToyContent {
        node.lies[digest] ?? contents[digest]!
    }

    private func sized(_ digest: Digest, _ layout: PieceLayout, at node: SimulatedNode) {
        if node.store[digest]?.layout != layout { node.store[digest] = SimulatedNode.Stored(layout: layout) }
    }

    private func hash(_ check: CheckOrder, at node: SimulatedNode) {
        let (digest, piece, link) = (check.digest, check.piece, check.link)
        let key = SimulatedNode.Gathering(connection: check.connection, digest: digest, piece: piece)
        guard let tag = node.gathered.removeValue(forKey: key), let layout = node.policy.layout(of: digest) else {
            problems.append("node \(node.index) checks piece \(piece), of which nothing was gathered")
            return
        }
        let holds: Bool
        if let end = link.end {
            holds = Toy.step(digest.algorithm, from: link.start, tag: tag) == end
        } else {
            holds = Toy.final(digest.algorithm, from: link.start, tag: tag, size: layout.blobSize) == digest
        }
        after(.microseconds(50 + layout.length(of: piece) / 2000)) { [unowned self] in
            guard node.isAlive else { return }
            if holds { store(tag, of: digest, piece, layout, check.isTrusted, at: node) }
            let verdict = holds ? PieceVerdict.stored : .mismatch
            give(.checked(check, verdict), to: node)
        }
    }

    func store(_ tag: UInt64, of digest: Digest, _ piece: Int, _ layout: PieceLayout, _ isTrusted: Bool, at node: SimulatedNode) {
        guard node.store[digest]?.layout == layout else { return }
        node.store[digest]?.tags[piece] = tag
        node.store[digest]?.unreleased.insert(piece)
        if isTrusted { node.store[digest]?.recorded.insert(piece) }
    }

    /// Whatever is let out to clients must be there and, unless the lease holder is the liar, be right.
    private func released(_ digest: Digest, at node: SimulatedNode) {
        guard let truth = contents[digest], node.lies[digest] == nil else { return }
        if node.firstReleaseAt[digest] == nil { node.firstReleaseAt[digest] = now }
        guard let layout = node.policy.layout(of: digest) else { return }
        for piece in (node.store[digest]?.unreleased ?? []).sorted() where node.policy.isReleased(digest, piece: piece) {
            node.store[digest]?.unreleased.remove(piece)
            if isReleaseTrusted, layout != truth.layout || node.store[digest]?.tags[piece] != truth.tags[piece] {
                problems.append("node \(node.index) releases wrong bytes as piece \(piece)")
            }
        }
        var position = node.store[digest]?.position ?? 0
        while position < layout.pieceCount, node.policy.isReleased(digest, piece: position) {
            if node.store[digest]?.tags[position] == nil {
                problems.append("node \(node.index) releases piece \(position), which is not stored")
            }
            position += 1
        }
        node.store[digest]?.position = position
        if node.policy.isTransferring(digest) { give(.readerMoved(digest, ReaderID(1), piece: position), to: node) }
    }

    private func publish(_ digest: Digest, _ layout: PieceLayout, _ states: StateList, at node: SimulatedNode) {
        if let truth = contents[digest], node.lies[digest] == nil {
            let isRight = layout == truth.layout && truth.tags.indices.allSatisfy { node.store[digest]?.tags[$0] == truth.tags[$0] }
            if !isRight { problems.append("node \(node.index) publishes wrong bytes") }
            if states != truth.states { problems.append("node \(node.index) publishes a wrong state list") }
        }
        after(.milliseconds(1)) { [unowned self] in
            guard node.isAlive, node.policy.isTransferring(digest) else { return }
            node.published[digest] = now
            node.store[digest]?.states = states
            give(.published(digest, size: layout.blobSize), to: node)
        }
    }
}

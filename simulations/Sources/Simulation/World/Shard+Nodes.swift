import Swarm

/// What nodes' policy wants done.
extension Shard {
    func tick(_ node: Int, _ epoch: Int) {
        guard nodes[node].isAlive, nodes[node].epoch == epoch else { return }
        give(.tick, to: node)
        let pause: Duration = nodes[node].policy.isBusy ? .milliseconds(50) : .seconds(1)
        schedule(at: now + pause.inNanoseconds, .tick(node: node, epoch: epoch), at: node)
    }

    func perform(_ action: consuming NodeAction, at index: Int) {
        switch consume action {
        case .connect(let peer):
            let mine = nodes[index].zone
            let zone = world.nodeIndices[peer.node].map { nodes[$0].zone } ?? mine
            let time = now + (world.isCut(mine, zone) ? World.connectTimeout : world.latency(mine, zone, strand))
            schedule(at: time, .dialled(peer, by: index, epoch: nodes[index].epoch), at: nil)
        case .disconnect(let connection, _): close(LinkEnd.end(connection))
        case .send(let connection, let message): send(message, from: LinkEnd.end(connection))
        case .upload(let connection, let frame, _, _): upload(frame, from: LinkEnd.end(connection))
        case .sendStates(let connection, let channel, let digest, let first):
            guard let blob = world.blobIndex(digest) else { return }
            let states = world.blobs[blob].states
            let part = states.slice(first..<min(states.end, first + WireLimits.stateBytesPerMessage / digest.algorithm.byteCount))
            if !part.isEmpty { send(.states(channel: channel, first: UInt32(first), bytes: part.bytes), from: LinkEnd.end(connection)) }
        case .drop: break
        case .check(let check): hash(check, at: index)
        case .tell(let request): tell(request, from: index)
        case .fetchOrigin(let digest, let order): self.order(.fetch(digest, order, node: index))
        case .stopOrigin(let digest): order(.stopOrigin(digest, node: index))
        case .drainOrigin(let digest): order(.drainOrigin(digest, node: index))
        case .sized: break
        case .released(let digest): moveReader(digest, at: index)
        case .forget(let digest, let pieces):
            guard let blob = world.blobIndex(digest) else { return }
            nodes[index].progress.forget(pieces, of: blob)
        case .restart(let digest, _):
            guard let blob = world.blobIndex(digest) else { return }
            nodes[index].progress.forget(blob)
        case .publish(let digest, let layout, _):
            schedule(
                at: now + 1_000_000, .published(node: index, epoch: nodes[index].epoch, digest, size: layout.blobSize), at: nil)
        case .fail(let digest, let failure): order(.fail(digest, "\(failure)", node: index))
        case .report: break
        }
    }

    private func hash(_ check: CheckOrder, at node: Int) {
        guard let blob = world.blobIndex(check.digest) else { return }
        let length = world.blobs[blob].layout.length(of: check.piece)
        let sender = ends[LinkEnd.end(check.connection)].peer
        let isFalse = nodes[sender].group.misdeed == .flipsBytes
        if isFalse { nodes[node].bytesRejected += length }
        schedule(
            at: world.work(world.storing(length), at: node),
            .checked(node: node, epoch: nodes[node].epoch, check, isFalse ? .mismatch : .stored), at: node)
    }

    private func tell(_ request: TrackerRequest, from node: Int) {
        guard let session = nodes[node].session else { return }
        nodes[node].controlBytes += request.encode().count
        schedule(at: world.trackerArrival(node), .toTracker(session, request, epoch: world.trackerEpoch), at: nil)
    }

    /// The client reads as fast as pieces are let out.
    private func moveReader(_ digest: Digest, at index: Int) {
        guard let blob = world.blobIndex(digest) else { return }
        let position = nodes[index].progress.position(in: blob)
        let piece = nodes[index].policy.firstUnreleased(of: digest, from: position ?? 0)
        guard piece != position else { return }
        nodes[index].progress.move(to: piece, in: blob)
        if piece < world.blobs[blob].layout.pieceCount, nodes[index].policy.isTransferring(digest) {
            give(.readerMoved(digest, ReaderID(1), piece: piece), to: index)
        }
    }
}

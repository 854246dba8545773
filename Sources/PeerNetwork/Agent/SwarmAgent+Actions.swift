import BlobStore
import Logging
import Swarm
import UVLoop

/// Doing what the policy says.
extension SwarmAgent {
    func perform(_ actions: [NodeAction]) {
        for action in actions { perform(action) }
    }

    private func perform(_ action: NodeAction) {
        switch action {
        case .connect(let peer): connect(to: peer)
        case .disconnect(let connection, let reason): disconnect(connection, reason: reason)
        case .send(let connection, let message): send(message, on: connection)
        case .upload(let connection, let frame, let digest, let fileOffset): upload(frame, of: digest, at: fileOffset, on: connection)
        case .sendStates(let connection, let channel, let digest, let first): sendStates(connection, channel, digest, first)
        case .drop(let connection, let digest, let piece):
            // Another copy was quicker: what had come of this one came for nothing.
            if let wasted = links[connection]?.takeBuffer(digest, piece) { observer.duplicated(bytes: wasted.filled) }
        case .check(let digest, let piece, let connection, let peer, let link, let isTrusted):
            check(digest, piece, connection, peer, link, isTrusted)
        case .tell(let request): tracker?.send(request)
        case .fetchOrigin(let digest, let order): fetchOrigin(digest, order)
        case .stopOrigin(let digest): originRuns.removeValue(forKey: digest)?.cancel()
        case .sized(let digest, let layout): sized(digest, layout)
        case .released(let digest):
            place(digest)
            wake(digest)
        case .forget(let digest, let pieces): forget(digest, pieces)
        case .restart(let digest, let reason): restart(digest, reason)
        case .publish(let digest, let layout, _): publish(digest, layout)
        case .fail(let digest, let failure): failed(digest, failure)
        case .report(let report): log(report)
        }
    }

    // MARK: Pieces from peers

    /// Hashes a gathered piece on the thread pool, and stores it if it links.
    private func check(
        _ digest: Digest, _ piece: Int, _ connection: ConnectionID, _ peer: NodeID, _ link: DigestChain.Link, _ isTrusted: Bool
    ) {
        func report(_ verdict: Swarm.PieceVerdict) {
            feed(.checked(digest, piece: piece, from: connection, node: peer, link: link, verdict))
        }
        guard let buffer = links[connection]?.takeBuffer(digest, piece), let partial = partials[digest],
            let layout = node?.layout(of: digest)
        else { return report(.notStored) }
        let length = layout.length(of: piece)
        guard length <= buffer.count else { return report(.notStored) }
        Task {
            do {
                let stored = try await partial.value
                let holds = try await loop.work {
                    try buffer.withBytes(length) { try PieceWork.store($0, piece, link, in: stored, isTrusted: isTrusted) }
                }
                if !holds { observer.rejected(bytes: length) }
                report(holds ? .stored : .mismatch)
            } catch let error as BlobStoreError where error.isRefusal {
                cannotStore(digest, error, after: try? await partial.value)
            } catch {
                logger.warning(
                    "a verified piece could not be stored", metadata: ["digest": "\(digest)", "piece": "\(piece)", "error": "\(error)"])
                report(.notStored)
            }
        }
    }

    // MARK: The store

    /// Makes room for a blob whose size has become known.
    private func sized(_ digest: Digest, _ layout: PieceLayout) {
        ledgers.sized(digest, layout.blobSize)
        endReaders(of: digest, reason: "its size is another") { $0.size != layout.blobSize }
        if partials[digest] == nil { partials[digest] = begin(digest, layout.blobSize) }
        place(digest)
        wake(digest)
    }

    private func forget(_ digest: Digest, _ pieces: [Int]) {
        guard let partial = partials[digest] else { return }
        Task { try await partial.value.forget(pieces) }
    }

    private func restart(_ digest: Digest, _ reason: String) {
        let size = node?.layout(of: digest)?.blobSize
        endReaders(of: digest, reason: reason) { $0.hasGivenBytes || $0.size != size }
        forgetFile(of: digest)
        partials[digest] = size.map { begin(digest, $0, isAnew: true) }
        wake(digest)
    }

    private func failed(_ digest: Digest, _ failure: TransferFailure) {
        originRuns.removeValue(forKey: digest)?.cancel()
        if partials.removeValue(forKey: digest) != nil { suspend(digest) }
        unplaced.remove(digest)
        locations[digest] = nil
        ledgers.finished(digest, "failed", now)
        let level: Logger.Level = if case .cannotStore = failure { .debug } else { .warning }
        logger.log(level: level, "blob cannot be had", metadata: ["digest": "\(digest)", "reason": "\(failure)"])
        forgetFile(of: digest)
        for reader in (readers.removeValue(forKey: digest) ?? [:]).values { reader.ended = failure }
        for waiter in waiting.removeValue(forKey: digest) ?? [] { waiter.resume(failing: failure) }
    }

    // MARK: States

    private func sendStates(_ connection: ConnectionID, _ channel: UInt32, _ digest: Digest, _ first: Int) {
        guard links[connection]?.tellingStates.insert(digest).inserted == true else { return }
        let store = store
        Task {
            defer { links[connection]?.tellingStates.remove(digest) }
            guard let states = try? await loop.work({ try store.states(of: digest) }), first < states.end else { return }
            let most = WireLimits.stateBytesPerMessage / digest.algorithm.byteCount
            for start in stride(from: first, to: states.end, by: most) {
                let part = states.slice(start..<min(states.end, start + most))
                send(.states(channel: channel, first: UInt32(part.first), bytes: part.bytes), on: connection)
            }
        }
    }

    // MARK: Reports

    private func log(_ report: NodeReport) {
        switch report {
        case .banned(let peer, let address, let digest, let reason):
            logger.warning(
                "peer banned",
                metadata: ["peer": "\(peer)", "address": "\(address)", "digest": "\(digest.map { "\($0)" } ?? "-")", "reason": "\(reason)"])
        case .leaseGranted(let digest): logger.debug("lease granted", metadata: ["digest": "\(digest)"])
        case .leaseYielded(let digest, let reason):
            logger.warning("the origin does not deliver", metadata: ["digest": "\(digest)", "reason": "\(reason)"])
        case .wentAlone(let digest):
            logger.notice("the swarm cannot help, fetching from the origin", metadata: ["digest": "\(digest)"])
        case .restarted(let digest, let reason):
            logger.warning("blob starts over", metadata: ["digest": "\(digest)", "reason": "\(reason)"])
        }
    }
}

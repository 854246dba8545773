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
        case .check(let check): hash(check)
        case .tell(let request): tracker?.send(request)
        case .fetchOrigin(let digest, let order): fetchOrigin(digest, order)
        case .stopOrigin(let digest): originRuns.removeValue(forKey: digest)?.task.cancel()
        case .drainOrigin(let digest): originRuns[digest]?.run.drain()
        case .sized(let digest, let layout): sized(digest, layout)
        case .released(let digest):
            place(digest)
            wakeReleased(digest)
        case .forget(let digest, let pieces): forget(digest, pieces)
        case .restart(let digest, let reason): restart(digest, reason)
        case .publish(let digest, let layout, _): publish(digest, layout)
        case .fail(let digest, let failure): failed(digest, failure)
        case .report(let report): log(report)
        }
    }

    // MARK: Pieces from peers

    /// Hashes a gathered piece on the thread pool, and stores it if it links.
    private func hash(_ check: CheckOrder) {
        guard let buffer = links[check.connection]?.takeBuffer(check.digest, check.piece), let place = partials[check.digest],
            let length = node?.layout(of: check.digest)?.length(of: check.piece), length <= buffer.count
        else { return feed(.checked(check, .notStored)) }
        let gathered = GatheredPiece(check: check, buffer: buffer, length: length)
        if let partial = place.partial { return hash(gathered, in: partial) }
        Task {
            do {
                hash(gathered, in: try await place.value)
            } catch {
                notStored(gathered, error, in: nil)
            }
        }
    }

    private func hash(_ gathered: GatheredPiece, in partial: PartialBlob) {
        loop.work({ try gathered.store(in: partial) }) { result in
            switch result {
            case .success(let holds):
                if !holds { self.observer.rejected(bytes: gathered.length) }
                self.feed(.checked(gathered.check, holds ? .stored : .mismatch))
            case .failure(let error): self.notStored(gathered, error, in: partial)
            }
        }
    }

    private func notStored(_ gathered: GatheredPiece, _ error: any Error, in partial: PartialBlob?) {
        if let refusal = error as? BlobStoreError, refusal.isRefusal { return cannotStore(gathered.check.digest, refusal, after: partial) }
        logger.warning(
            "a verified piece could not be stored",
            metadata: ["digest": "\(gathered.check.digest)", "piece": "\(gathered.check.piece)", "error": "\(error)"])
        feed(.checked(gathered.check, .notStored))
    }

    // MARK: The store

    /// Makes room for a blob whose size has become known.
    private func sized(_ digest: Digest, _ layout: PieceLayout) {
        ledgers.sized(digest, layout.blobSize)
        endReaders(of: digest, reason: "its size is another") { $0.size != layout.blobSize }
        if partials[digest] == nil { partials[digest] = PartialPlace(begin(digest, layout.blobSize)) }
        place(digest)
        wake(digest)
    }

    private func forget(_ digest: Digest, _ pieces: [Int]) {
        guard let making = partials[digest]?.making else { return }
        Task { try await making.value.forget(pieces) }
    }

    private func restart(_ digest: Digest, _ reason: String) {
        let size = node?.layout(of: digest)?.blobSize
        endReaders(of: digest, reason: reason) { $0.hasGivenBytes || $0.size != size }
        forgetFile(of: digest)
        partials[digest] = size.map { PartialPlace(begin(digest, $0, isAnew: true)) }
        wake(digest)
    }

    private func failed(_ digest: Digest, _ failure: TransferFailure) {
        originRuns.removeValue(forKey: digest)?.task.cancel()
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
        case .leasePassedOn(let digest): logger.debug("lease passed on", metadata: ["digest": "\(digest)"])
        case .leaseYielded(let digest, let reason):
            logger.warning("the origin does not deliver", metadata: ["digest": "\(digest)", "reason": "\(reason)"])
        case .wentAlone(let digest):
            logger.notice("the swarm cannot help, fetching from the origin", metadata: ["digest": "\(digest)"])
        case .restarted(let digest, let reason):
            logger.warning("blob starts over", metadata: ["digest": "\(digest)", "reason": "\(reason)"])
        }
    }
}

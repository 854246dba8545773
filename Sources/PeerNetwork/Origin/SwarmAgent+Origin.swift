import BlobStore
import Logging
import Swarm

/// Streaming from the origin: a run does it, off the loop; here its order comes and its pieces are reported.
extension SwarmAgent {
    func fetchOrigin(_ digest: Digest, _ order: OriginOrder) {
        originRuns[digest]?.task.cancel()
        originHabits.expire(now: now)
        let run = OriginRun(
            digest, order, layout: node?.layout(of: digest), locations: (locations[digest] ?? []).reversed(),
            share: originShare(of: originRuns.count + 1), habits: originHabits.known, origin: origin, memory: memory, agent: self)
        let task = Task { @concurrent in
            let (outcome, learnt) = await run.run()
            if case .contradictsDigest = outcome { await origin.contradicted(digest) }
            await originEnded(run, outcome, learnt)
        }
        originRuns[digest] = (run, task)
    }

    private func originEnded(_ run: OriginRun, _ outcome: OriginOutcome, _ learnt: (registry: String, habit: OriginHabit)?) {
        let digest = run.digest
        count(run.takeUntold(), of: digest)
        if let learnt { originHabits.remember(learnt.habit, of: learnt.registry, now: now) }
        guard !Task.isCancelled else { return }
        originRuns[digest] = nil
        switch outcome {
        case .finished: feed(.originEnded(digest, nil))
        case .failed(let failure):
            logger.notice("origin fetch ended early", metadata: ["digest": "\(digest)", "reason": "\(failure)"])
            feed(.originEnded(digest, failure))
        case .contradictsDigest: feed(.originContradictsDigest(digest))
        }
    }

    /// The origin told the blob's size.
    ///
    /// - Returns: where its pieces go; nil when the swarm wants something else by now.
    func originAnswered(_ digest: Digest, size: UInt64) async throws(OriginFailure) -> PartialBlob? {
        guard !Task.isCancelled else { return nil }
        feed(.originAnswered(digest, size: size))
        guard !Task.isCancelled, node?.layout(of: digest)?.blobSize == size, let partial = partials[digest] else { return nil }
        do {
            return try await partial.value
        } catch {
            throw .refused("\(digest.short) cannot be stored: \(error)")
        }
    }

    /// Pieces came, are hashed and stored; none when only bytes did.
    ///
    /// - Returns: what the blob may have from now on.
    func originBrought(_ digest: Digest, _ reports: [OriginReport], by run: OriginRun) -> OriginShare {
        count(run.takeUntold(), of: digest)
        if reports.isEmpty, !Task.isCancelled { feed(.originFlows(digest)) }
        for report in reports where !Task.isCancelled {
            feed(.originBrought(digest, piece: report.piece, end: report.end))
        }
        return originShare(of: originRuns.count)
    }

    /// What one of so many runs may have. Streams are shared with other nodes' runs too, since their blobs come here as well.
    private func originShare(of runs: Int) -> OriginShare {
        OriginShare(
            bytes: settings.originLimitBytes / max(1, runs),
            streams: max(1, OriginWindowPolicy().streamLimit / (node?.blobsFromOrigins ?? 1)))
    }

    /// The store did not take a piece. If it will take none of the blob, its clients are served without.
    func originNotStored(_ digest: Digest, _ error: any Error, in partial: PartialBlob) -> OriginFailure {
        if !Task.isCancelled, let refusal = error as? BlobStoreError, refusal.isRefusal { cannotStore(digest, refusal, after: partial) }
        return .refused("\(digest.short) cannot be stored: \(error)")
    }

    private func count(_ bytes: Int, of digest: Digest) {
        guard bytes > 0 else { return }
        observer.originReceived(bytes: bytes)
        ledgers.receivedFromOrigin(digest, bytes)
    }
}

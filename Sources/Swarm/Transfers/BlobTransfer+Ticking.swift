extension BlobTransfer {
    /// How the tracker stands, as far as a transfer cares.
    enum TrackerOutlook: Sendable {
        case connected
        case connecting
        case absent
    }

    /// Looks after whatever only the passing of time reveals. Called every few hundredths of a second while transfers run.
    ///
    /// - Parameter linkDelay: how long this node's own link takes for all that it has asked for.
    mutating func tick(now: Instant, tracker: TrackerOutlook, linkDelay: Duration, actions: inout [TransferAction]) {
        outlook = tracker
        self.linkDelay = linkDelay
        finishIfWhole(actions: &actions)
        guard !isFinished else { return }
        expireRequests(now: now, actions: &actions)
        askForStates(now: now, actions: &actions)
        if let handOverDeadline, now >= handOverDeadline { handedOver(now: now, actions: &actions) }
        missPredecessor(now: now, actions: &actions)
        if mandate == .lease, run != nil { vouchNews(now: now, always: false, actions: &actions) }
        reportPrefix(now: now, actions: &actions)
        returnToSwarm(now: now, actions: &actions)
        if mandate == .none { seekHelp(now: now, tracker: tracker, actions: &actions) }
        orderFromOrigin(now: now, actions: &actions)
    }

    /// Whoever has the longest prefix continues a lost lease, and whoever brings a blob into a zone is to be quick about it: so the tracker
    /// wants to know.
    private mutating func reportPrefix(now: Instant, actions: inout [TransferAction]) {
        guard mandate == .none, now - reportedAt > policy.heartbeat else { return }
        guard chain != nil, have.count > reportedPieces else { return }
        reportedPieces = have.count
        reportedAt = now
        actions.append(.progress(prefix: prefix, pieces: have.count))
    }

    /// The tracker is back, and lets one fetch for all: what each fetches for itself alone keeps the origin busy for all others.
    private mutating func returnToSwarm(now: Instant, actions: inout [TransferAction]) {
        guard mandate == .alone, isCutOff, outlook == .connected, !sources.isEmpty, !distrustsLists else { return }
        mandate = .none
        isCutOff = false
        lastProgressAt = now
        lastGainAt = now
        lastReleaseAt = now
        stopOrigin(actions: &actions)
    }

    private mutating func seekHelp(now: Instant, tracker: TrackerOutlook, actions: inout [TransferAction]) {
        let waited = now - lastProgressAt - linkDelay
        guard now - lastGainAt - linkDelay <= policy.starvedAfter else {
            goAlone(now: now, actions: &actions)
            return
        }
        if waited > policy.lonelyAfter { callReserve() }
        switch tracker {
        case .absent:
            // Whoever streams the blob does not tell all peers of all that it has. While the blob comes it may be waited for. And where all peers
            // lack the same, one that goes to the origin first brings it to the others.
            let mayHear = !sources.isEmpty && waited <= policy.trackerPatience + policy.aloneSpread * originTurn
            // What a single peer claims is not let out before the blob is whole. Once a few nodes know better, the others can believe them: so not
            // all go to the origin at once.
            let isHeldBack = policy.asksOrigin && now - lastReleaseAt > policy.lonelyAfter + policy.heldBackSpread * originTurn
            if !hasUsefulSource(now: now) && !mayHear || isHeldBack || waited > policy.stalledAfter { goAlone(now: now, actions: &actions) }
        case .connecting:
            if waited > policy.trackerPatience, !hasUsefulSource(now: now) { goAlone(now: now, actions: &actions) }
        case .connected:
            guard waited <= policy.stalledAfter else {
                goAlone(now: now, actions: &actions)
                return
            }
            guard waited > policy.lonelyAfter, saidAlone != true else { return }
            let isAlone = !hasUsefulSource(now: now)
            if saidAlone == nil || isAlone {
                saidAlone = isAlone
                actions.append(.join(isAlone: isAlone))
            }
        }
    }
}

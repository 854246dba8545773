import BasicContainers

extension BlobTransfer {
    /// The tracker lets this node fetch from the origin.
    ///
    /// - Parameter earlier: who did until now.
    mutating func granted(after earlier: NodeID?, now: Instant) {
        mandate = .lease
        leasedAt = now
        handOverDeadline = nil
        originAttempts = 0
        originRetryAt = now
        lastProgressAt = now
        lastGainAt = now
        vouchedTo = 1
        follow(earlier, now: now)
    }

    /// The lease moved elsewhere. A transfer that is on its own goes on.
    mutating func revoked(actions: inout [TransferAction]) {
        guard mandate == .lease else { return }
        mandate = .none
        handOverDeadline = nil
        stopOrigin(actions: &actions)
    }

    /// Nobody else will fetch it for us.
    mutating func goAlone(now: Instant, actions: inout [TransferAction]) {
        guard mandate == .none else { return }
        guard policy.asksOrigin else { return failOffline(actions: &actions) }
        mandate = .alone
        isCutOff = outlook != .connected
        originAttempts = 0
        originRetryAt = now
        lastProgressAt = now
        lastGainAt = now
    }

    /// Starts a stream from the origin for the first run of pieces that can come from nowhere else.
    mutating func orderFromOrigin(now: Instant, actions: inout [TransferAction]) {
        guard mandate != .none, handOverDeadline == nil, run == nil, now >= originRetryAt, !isWhole else { return }
        guard let chain else {
            run = OriginRun(cursor: 0, end: nil)
            actions.append(.fetchOrigin(OriginOrder(firstPiece: 0, endPiece: nil, start: nil)))
            return
        }
        guard let first = firstPieceForOrigin(now: now), first == 0 || chain.states[first] != nil else { return }
        let end = (first + 1..<max(first + 1, chain.layout.pieceCount)).first { !isForOrigin($0, now: now) } ?? chain.layout.pieceCount
        run = OriginRun(cursor: first, end: end)
        actions.append(.fetchOrigin(OriginOrder(firstPiece: first, endPiece: end, start: chain.states[first])))
    }

    func firstPieceForOrigin(now: Instant) -> Int? {
        (prefix..<have.pieceCount).first { isForOrigin($0, now: now) }
    }

    private func isForOrigin(_ piece: Int, now: Instant) -> Bool {
        guard !have.contains(piece), !checking.contains(piece) else { return false }
        let isAsked = requests.pieces.contains(piece)
        guard !isAsked || requests.entries.allSatisfy({ $0.piece != piece || isSlow($0, now: now) }) else { return false }
        guard mandate == .lease, !distrustsLists, chain?.isLinkable(piece) == true else { return true }
        if isAsked { return true }
        if let predecessor, piece < predecessor.end { return false }
        return !sources.values.indices.contains { index in
            guard sources.values[index].reach != .reserve, now >= sources.values[index].penalisedUntil else { return false }
            // What was declined is offered again.
            let isDeclined = now < sources.values[index].declinedUntil && sources.values[index].setAside?.contains(piece) == true
            return isDeclined || holders.has(piece, index)
        }
    }

    /// The origin answered and told the blob's size.
    mutating func originAnswered(size: UInt64, now: Instant, actions: inout [TransferAction]) {
        lastProgressAt = now
        lastOriginFailure = nil
        if !adopt(size: size, .told, actions: &actions) {
            guard let layout = PieceLayout(blobSize: size) else {
                stopOrigin(actions: &actions)
                originEnded(.refused("the origin says \(size) bytes, more than Shoal takes"), now: now, actions: &actions)
                return
            }
            // Whoever told the swarm otherwise was wrong: the origin is asked again, and the digest will tell.
            distrustLists(reason: "the origin says \(size) bytes, which is not what the swarm was told", actions: &actions)
            begin(layout, .told)
            actions.append(.sized(layout))
            return
        }
        guard run != nil else { return }
        let pieceCount = layout?.pieceCount
        if let current = run, current.end == nil { run?.end = pieceCount }
        if mandate == .lease { vouchNews(now: now, always: true, actions: &actions) }
    }

    /// Bytes keep coming, though no piece is whole yet.
    mutating func originFlows(now: Instant, actions: inout [TransferAction]) {
        lastProgressAt = now
        if mandate == .lease, now - vouchedAt >= policy.heartbeat { vouchNews(now: now, always: true, actions: &actions) }
    }

    /// A piece came from the origin, was hashed and stored.
    ///
    /// - Parameter end: the state after it; nil for the last piece, whose hash came out as the digest.
    mutating func originBrought(_ piece: Int, end: ChainState?, now: Instant, actions: inout [TransferAction]) {
        guard let current = run, current.cursor == piece, let chain else { return }
        originAttempts = 0
        run?.cursor = piece + 1
        if let end {
            var list = StateList(digest.algorithm, first: piece + 1)
            list.append(end)
            if let known = chain.states[piece + 1], known != end, chain.trust(of: piece) > .claimed {
                distrustLists(reason: "the origin's bytes contradict the vouched state list", actions: &actions)
                return
            }
            absorb(list, actions: &actions)
        }
        gained(piece, now: now, actions: &actions)
        if mandate == .lease { vouchNews(now: now, always: false, actions: &actions) }
        if let current = run, current.cursor == current.end { run = nil }
    }

    /// The last piece came from the origin and the whole does not hash to the digest.
    mutating func originContradictsDigest(now: Instant, actions: inout [TransferAction]) {
        let reason = "what the origin sent does not hash to \(digest.short)"
        run = nil
        contradictions += 1
        guard contradictions < 2 else {
            giveUp(.broken(reason), now: now, actions: &actions)
            return
        }
        distrustLists(reason: reason, actions: &actions)
        originRetryAt = now + policy.originFirstWait
    }

    /// The stream ended; nil when its order was filled, which its last piece has told already, or it was stopped, which this transfer wanted.
    mutating func originEnded(_ failure: OriginFailure?, now: Instant, actions: inout [TransferAction]) {
        if handOverDeadline != nil {
            run = nil
            return handedOver(now: now, actions: &actions)
        }
        guard let failure, run != nil else { return }
        run = nil
        // It cannot tell now: another peer's copy may.
        guard mandate != .none else { return }
        lastOriginFailure = failure
        originAttempts += 1
        if case .broken = failure, originAttempts < policy.originAttempts {
            var wait = policy.originFirstWait
            for _ in 1..<originAttempts { wait = min(wait * 2, policy.originLongestWait) }
            originRetryAt = now + wait
            return
        }
        giveUp(failure, now: now, actions: &actions)
    }

    /// The origin does not deliver to this node: let another try, or tell the clients.
    private mutating func giveUp(_ failure: OriginFailure, now: Instant, actions: inout [TransferAction]) {
        let reason: String
        let verdict: TransferFailure
        switch failure {
        case .notFound(let why): (reason, verdict) = (why, .notFound(why))
        case .refused(let why), .broken(let why): (reason, verdict) = (why, .unavailable(why))
        }
        lastVerdict = verdict
        surrenders += 1
        let wasLease = mandate == .lease
        if wasLease { actions.append(.yieldLease(reason: reason)) }
        mandate = .none
        lastProgressAt = now
        // Others may fare better: with a lease to hand on, the tracker will tell; with a peer that has more, its pieces will.
        let mayWait = (wasLease && outlook == .connected) || hasUsefulSource(now: now)
        if !mayWait || surrenders >= policy.surrenders { actions.append(.fail(verdict)) }
    }

    /// The tracker knows nobody who can fetch the blob.
    mutating func isUnavailable(now: Instant, actions: inout [TransferAction]) {
        guard mandate == .none else { return }
        if let lastVerdict, surrenders > 0, !hasUsefulSource(now: now) {
            actions.append(.fail(lastVerdict))
        } else {
            goAlone(now: now, actions: &actions)
        }
    }

    /// Peers do not have it, and nobody else may be asked.
    func failOffline(actions: inout [TransferAction]) {
        let why = "\(digest.short) is not to be had: no agent that is reached has all of it, and this one is offline"
        actions.append(.fail(.unavailable(why)))
    }

    mutating func stopOrigin(actions: inout [TransferAction]) {
        guard run != nil else { return }
        actions.append(.stopOrigin)
        run = nil
    }

    /// Tells the tracker the states that it does not know yet, not too often.
    mutating func vouchNews(now: Instant, always: Bool, actions: inout [TransferAction]) {
        guard let chain, always || isWhole || now - vouchedAt >= policy.vouchInterval else { return }
        let news = chain.vouchedStates
        guard always || news.end > vouchedTo else { return }
        var first = min(vouchedTo, news.end)
        let most = WireLimits.stateBytesPerMessage / digest.algorithm.byteCount
        repeat {
            let part = news.slice(first..<min(news.end, first + most))
            actions.append(.vouch(size: chain.layout.blobSize, part))
            first = max(part.end, first)
        } while first < news.end
        vouchedTo = news.end
        vouchedAt = now
    }
}

import OrderedCollections

/// Asking peers for pieces.
///
/// What is asked at each event is always inlined: for a call from a mutating method the whole transfer, a kilobyte, would be copied.
extension BlobTransfer {
    /// Asks peers for as much as their depth and the node's budget allow.
    ///
    /// - Parameters:
    ///   - only: one peer, if nothing has changed for the others.
    ///   - budget: bytes that the node may still have in flight; reduced by what is asked for.
    ///   - memory: whose contents nobody wants.
    mutating func schedule(
        only: ConnectionID?, now: Instant, budget: inout Int, random: inout SeededGenerator, memory: inout ScheduleMemory,
        actions: inout [TransferAction]
    ) {
        guard let layout, !isWhole, !distrustsLists else { return }
        let isTimeToHedge = now - hedgedAt >= policy.hedgeInterval
        ranOutOfBudget = budget <= 0 && layout.pieceCount > 1
        guard !ranOutOfBudget else {
            if isTimeToHedge { hedgeBeyond(&budget, now: now, random: &random, actions: &actions) }
            return
        }
        // Mostly all that can be had is on its way, and nobody is to be relieved of anything.
        guard isTimeToHedge || busySources > 0 || picker.available.isAnyLeft(without: have, checking, requests.pieces) else { return }
        let ahead = policy.requestAhead.inSeconds
        // Plain loops: closures would take copies of the transfer along.
        var askable = memory.takeAskable()
        defer { memory.askable = askable }
        if let only {
            guard let index = sources.index(forKey: only), mayAsk(index, ahead, now: now) else { return }
            askable.append(Askable(index: index, owed: 0))
        } else {
            // Each in turn: one that declines all the time would else be asked for ever, where there is a budget for one request only.
            let first = requestCount % max(1, sources.count)
            for index in sources.values.indices[first...] where mayAsk(index, ahead, now: now) {
                askable.append(Askable(index: index, owed: sources.values[index].outstanding))
            }
            for index in 0..<first where mayAsk(index, ahead, now: now) {
                askable.append(Askable(index: index, owed: sources.values[index].outstanding))
            }
        }
        guard !askable.isEmpty else { return }
        var wanted = memory.takeWanted()
        defer { memory.wanted = wanted }
        findWanted(&wanted)
        var late: Duration?
        if isTimeToHedge {
            hedgedAt = now
            late = lateness + linkDelay
        }
        guard !wanted.isEmpty || late != nil || busySources > 0 else { return }
        // Whoever owes least comes first: a budget that runs out early would else go to the first peers only, however busy they are.
        askable.sort { $0.owed < $1.owed }
        var positions = memory.takePositions()
        defer { memory.positions = positions }
        if !wanted.isEmpty { for position in readers.values { positions.append(max(0, min(position, layout.pieceCount))) } }
        // Round robin, one piece a peer and turn, so that the first peer does not take everything.
        while !askable.isEmpty, budget > 0 || layout.pieceCount == 1 {
            var kept = 0
            for next in askable.indices {
                let index = askable[next].index
                guard mayAsk(index, ahead, now: now), budget > 0 || layout.pieceCount == 1 else { continue }
                var pick = pick(of: index, wanted: wanted, positions: positions, now: now, random: &random)
                if pick == nil, sources.values[index].outstanding == 0 {
                    pick = late.flatMap { stalledPiece(for: index, after: $0, now: now) }
                    if pick == nil, busySources > 0 { pick = relieve(index, now: now, actions: &actions) }
                }
                guard let piece = pick else { continue }
                wanted.remove(piece)
                ask(index, for: piece, now: now, actions: &actions)
                budget -= layout.length(of: piece)
                askable[kept] = askable[next]
                kept += 1
            }
            askable.removeLast(askable.count - kept)
        }
        ranOutOfBudget = !askable.isEmpty
    }

    /// Asks an idle peer for one late piece though the budget is used up, if nothing of the blob has come for as long. On a slow link the budget
    /// always is, and a blob whose only request lies with a connection that starves beside others would wait for that one alone.
    private mutating func hedgeBeyond(
        _ budget: inout Int, now: Instant, random: inout SeededGenerator, actions: inout [TransferAction]
    ) {
        let silence = now - lastGainAt
        // Nothing is late sooner, and mostly that is all that need be asked.
        guard !requests.isEmpty, silence > policy.hedgeInterval + linkDelay else { return }
        let late = lateness + linkDelay
        guard silence > late else { return }
        hedgedAt = now
        let ahead = policy.requestAhead.inSeconds
        let start = Int(random.next(upperBound: UInt64(sources.count)))
        for turn in sources.values.indices {
            let index = (start + turn) % sources.count
            guard sources.values[index].outstanding == 0, mayAsk(index, ahead, now: now),
                let piece = stalledPiece(for: index, after: late, now: now)
            else { continue }
            ask(index, for: piece, now: now, actions: &actions)
            budget -= layout?.length(of: piece) ?? 0
            return
        }
    }

    /// Whether the peer has something to give and owes less than its depth.
    ///
    /// - Parameter ahead: `policy.requestAhead` in seconds.
    @inline(__always)
    private func mayAsk(_ index: Int, _ ahead: Double, now: Instant) -> Bool {
        guard sources.values[index].pieces != nil, sources.values[index].reach != .reserve, now >= sources.values[index].penalisedUntil
        else { return false }
        return sources.values[index].outstanding < depth(of: index, ahead)
    }

    /// Bytes that may be asked of the peer at a time: what it brings within `policy.requestAhead`, so that it never runs dry, and little
    /// more, so that what to ask for next, and of whom, is decided as late as possible.
    @inline(__always)
    private func depth(of index: Int, _ ahead: Double) -> Int {
        let brought = Int(sources.values[index].rate.bytesPerSecond * ahead)
        return max(2 * (layout?.pieceLength ?? 0), min(brought, policy.requestDepthBytes))
    }

    @inline(__always)
    private func pick(
        of index: Int, wanted: PieceSet, positions: [Int], now: Instant, random: inout SeededGenerator
    ) -> Int? {
        guard !wanted.isEmpty, let offered = sources.values[index].pieces else { return nil }
        let isFar = sources.values[index].reach == .far
        guard isFar || !suspects.isEmpty else {
            return picker.pick(from: offered, wanted: wanted, positions: positions, using: &random)
        }
        var allowed = wanted
        if isFar {
            // What is near need not come from afar.
            for source in sources.values where source.reach == .near && now >= source.penalisedUntil {
                if let pieces = source.pieces { allowed.subtract(pieces) }
            }
        }
        for piece in suspects.keys where isSuspect(sources.values[index].node, of: piece) { allowed.remove(piece) }
        return picker.pick(from: offered, wanted: allowed, positions: positions, using: &random)
    }

    /// Pieces that may be asked for now: that any peer has, linkable, and neither had, on their way, nor about to come from the origin.
    @inline(__always)
    private func findWanted(_ wanted: inout PieceSet) {
        wanted.become(picker.available, without: have, checking, requests.pieces)
        guard !wanted.isEmpty else { return }
        if let run { wanted.remove(run.cursor..<(run.end ?? have.pieceCount)) }
        if let end = chain?.knownEnd, end < have.pieceCount { wanted.remove(end - 1..<have.pieceCount) }
    }

    /// Whether a peer's news of pieces could lead to a request.
    @inline(__always)
    func isWorthAsking(_ connection: ConnectionID, for pieces: [UInt32], now: Instant) -> Bool {
        guard let index = sources.index(forKey: connection), mayAsk(index, policy.requestAhead.inSeconds, now: now) else { return false }
        for piece in pieces.lazy.map({ Int($0) }) {
            if !have.contains(piece), !requests.pieces.contains(piece), !checking.contains(piece) { return true }
        }
        return false
    }

    /// A piece that another peer was asked for and does not bring, or not soon: this peer, which has nothing else to do, may be quicker.
    private func stalledPiece(for index: Int, after late: Duration, now: Instant) -> Int? {
        guard let offered = sources.values[index].pieces else { return nil }
        let (connection, node) = (sources.keys[index], sources.values[index].node)
        return requests.entries.first { request in
            guard request.connection != connection, offered.contains(request.piece), !isSuspect(node, of: request.piece) else {
                return false
            }
            let isLate = isSlow(request, now: now) || now - request.askedAt > late
            return (isLate || now - lastSign(of: request) > policy.hedgeAfter + linkDelay) && requests.isAskedOnce(request.piece)
        }?.piece
    }

    /// A request that is older than this is late: three times what nearly all take, within bounds.
    @inline(__always)
    private var lateness: Duration {
        guard let usual = deliveryTimes.percentile95 else { return policy.hedgeAfter }
        return max(policy.hedgeInterval, min(usual * 3, policy.hedgeAfter))
    }

    /// A piece that waits in another peer's long queue, and that this peer has: asked of this one instead, it comes sooner, and the other,
    /// which may be the only one to have the next pieces, is freed for them.
    private mutating func relieve(_ index: Int, now: Instant, actions: inout [TransferAction]) -> Int? {
        guard let offered = sources.values[index].pieces, !requests.isEmpty else { return nil }
        var busy: [ConnectionID] = []
        for other in sources.values.indices where sources.values[other].outstanding >= longQueueBytes {
            // What is to come from near does not come from afar instead.
            if sources.values[index].reach == .near || sources.values[other].reach == .far { busy.append(sources.keys[other]) }
        }
        guard !busy.isEmpty else { return nil }
        let (connection, node) = (sources.keys[index], sources.values[index].node)
        let waiting = requests.entries.lastIndex { request in
            guard request.received == 0, request.connection != connection, offered.contains(request.piece),
                busy.contains(request.connection)
            else { return false }
            return !isSuspect(node, of: request.piece) && requests.isAskedOnce(request.piece)
        }
        guard let waiting else { return nil }
        let request = requests.remove(at: waiting)
        release(request.connection, bytes: request.length, now: now)
        actions.append(.cancel(request.connection, piece: request.piece))
        return request.piece
    }

    /// Who owes so much can be relieved of some. Whoever is relieved is left with something: two idle peers would pass one piece back and forth
    /// for ever.
    @inline(__always)
    var longQueueBytes: Int { max(1, max(2, policy.longQueuePieces) * (layout?.pieceLength ?? 0)) }

    /// What the peer owes has changed by so many bytes.
    ///
    /// - Parameter index: the source's.
    @inline(__always)
    mutating func owes(_ bytes: Int, _ index: Int) {
        let (before, long) = (sources.values[index].outstanding, longQueueBytes)
        sources.values[index].outstanding = before + bytes
        busySources += (before + bytes >= long ? 1 : 0) - (before >= long ? 1 : 0)
    }

    func isSlow(_ request: PieceRequest, now: Instant) -> Bool { now - request.askedAt > policy.slowAfter + linkDelay }

    /// A peer answers requests in their order, so that any byte of it counts for all that wait.
    private func lastSign(of request: PieceRequest) -> Instant {
        guard let index = sources.index(forKey: request.connection) else { return request.askedAt }
        return max(request.askedAt, sources.values[index].lastByteAt)
    }

    func isSuspect(_ node: NodeID, of piece: Int) -> Bool {
        !suspects.isEmpty && suspects[piece]?.contains { $0.node == node } == true
    }

    private mutating func ask(_ index: Int, for piece: Int, now: Instant, actions: inout [TransferAction]) {
        let length = layout?.length(of: piece) ?? 0
        if sources.values[index].outstanding == 0 { sources.values[index].rate.begin(now: now) }
        owes(length, index)
        sources.values[index].silence.begin(now: now)
        let connection = sources.keys[index]
        requests.add(PieceRequest(piece: piece, length: length, connection: connection, now: now))
        requestCount &+= 1
        actions.append(.request(connection, piece: piece))
    }

    /// Takes all pieces away from peers that send nothing, and leaves them alone for a while, longer each time. What others bring in their
    /// place, because it was asked of these too, is no excuse.
    mutating func expireRequests(now: Instant, actions: inout [TransferAction]) {
        for index in sources.values.indices where isOverdue(index, now: now) {
            let connection = sources.keys[index]
            for request in requests.remove(where: { $0.connection == connection }) {
                release(connection, bytes: request.length - request.received, now: now)
                abandon(request, actions: &actions)
            }
            sources.values[index].silence = Silence()
            sources.values[index].timeouts += 1
            sources.values[index].penalisedUntil = now + policy.penalty * sources.values[index].timeouts
        }
    }

    /// Whether the peer owes something and has sent nothing of this blob for too long.
    func isOverdue(_ index: Int, now: Instant) -> Bool {
        sources.values[index].silence.isWaitedFor && sources.values[index].silence.length(now: now) > policy.requestTimeout + linkDelay
    }

    /// Asks one peer for the chain when the tracker has been silent about it.
    mutating func askForStates(now: Instant, actions: inout [TransferAction]) {
        guard !distrustsLists, run == nil, now - startedAt > policy.statesPatience, let known = chain?.vouchedStatesEnd,
            known < have.pieceCount, picker.available.firstMember(from: known - 1) < have.pieceCount
        else { return }
        for index in sources.values.indices {
            if let asked = sources.values[index].statesAskedAt, now - asked < policy.heartbeat { continue }
            guard let next = sources.values[index].pieces?.firstMember(from: known - 1), next < have.pieceCount else { continue }
            sources.values[index].statesAskedAt = now
            actions.append(.wantStates(sources.keys[index], first: known))
        }
    }

    /// Whether a connected peer could bring this transfer forward.
    func hasUsefulSource(now: Instant) -> Bool {
        guard !distrustsLists else { return false }
        return sources.values.contains { source in
            guard source.reach != .reserve, now >= source.penalisedUntil, let pieces = source.pieces else { return false }
            let counted = now < source.declinedUntil ? source.offer ?? pieces : pieces
            return counted.contains { !have.contains($0) && !isSuspect(source.node, of: $0) }
        }
    }
}

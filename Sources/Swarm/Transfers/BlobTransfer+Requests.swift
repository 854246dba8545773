import BasicContainers
import OrderedCollections

/// Asking peers for pieces.
///
/// What is asked at each event is always inlined: for a call from a mutating method the whole transfer, a kilobyte, may be moved there and back.
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
        guard isTimeToHedge || busySources > 0 || !ledger.left.isEmpty else { return }
        let ahead = policy.requestAhead.inSeconds
        if !memory.askable.isEmpty { memory.askable.removeAll(keepingCapacity: true) }
        if let only {
            guard let index = sources.index(forKey: only), mayAsk(index, ahead, now: now) else { return }
            memory.askable.append(Askable(index: index, owed: 0))
        } else {
            guard sources.values.indices.contains(where: { mayAsk($0, ahead, now: now) }) else { return }
        }
        findWanted(&memory.wanted)
        memory.late = nil
        if isTimeToHedge {
            hedgedAt = now
            memory.late = lateness + linkDelay
        }
        guard isAnythingToAsk(memory) else { return }
        memory.positions.removeAll(keepingCapacity: true)
        if !memory.wanted.isEmpty {
            for position in readers.values { memory.positions.append(max(0, min(position, layout.pieceCount))) }
        }
        if only == nil { askAll(ahead, now: now, budget: &budget, random: &random, memory: &memory, actions: &actions) }
        // Round robin, one piece a peer and turn, so that the first peer does not take everything.
        while !memory.askable.isEmpty, budget > 0 || layout.pieceCount == 1 {
            guard isAnythingToAsk(memory) else { return }
            takeTurn(from: 0, ahead, now: now, budget: &budget, random: &random, memory: &memory, actions: &actions)
        }
        ranOutOfBudget = !memory.askable.isEmpty
    }

    /// The first turn of all peers. Whoever owes least comes first: a budget that runs out early would else go to the first peers only, however busy they
    /// are. Mostly it is used up by some who owe nothing, and what the others owe need not be looked at.
    private mutating func askAll(
        _ ahead: Double, now: Instant, budget: inout Int, random: inout SeededGenerator, memory: inout ScheduleMemory,
        actions: inout [TransferAction]
    ) {
        // Each in turn: one that declines all the time would else be asked for ever, where there is a budget for one request only.
        let first = requestCount % sources.count
        // Not if it may change on the way, as one is relieved of some for another.
        let areIdleFirst = busySources == 0
        holders.find(havingAnyOf: memory.wanted, &memory.helpful)
        if areIdleFirst {
            var turn = 0
            while budget > 0 || have.pieceCount == 1, isAnythingToAsk(memory),
                let index = nextToAsk(&turn, from: first, all: memory.late != nil, of: memory)
            {
                guard sources.values[index].outstanding == 0, memory.late != nil || holders.hasAny(of: memory.wanted, index),
                    mayAsk(index, ahead, now: now)
                else { continue }
                if ask(index, now: now, budget: &budget, random: &random, memory: &memory, actions: &actions) {
                    memory.askable.append(Askable(index: index, owed: 0))
                }
            }
            guard budget > 0 || have.pieceCount == 1, isAnythingToAsk(memory) else { return }
        }
        let asked = memory.askable.count
        var turn = 0
        // Of those who owe something nothing is asked but what is wanted, and mostly they have none of it.
        while let index = nextToAsk(&turn, from: first, all: !areIdleFirst, of: memory) {
            let owed = sources.values[index].outstanding
            guard !areIdleFirst || owed > 0, mayAsk(index, ahead, now: now) else { continue }
            let isUseful = owed == 0 || holders.hasAny(of: memory.wanted, index)
            guard isUseful, !memory.askable[..<asked].contains(where: { $0.index == index }) else { continue }
            memory.add(Askable(index: index, owed: owed), from: asked)
        }
        takeTurn(from: asked, ahead, now: now, budget: &budget, random: &random, memory: &memory, actions: &actions)
    }

    /// Whether anything is left to ask of anybody, or anybody to be relieved of something.
    @inline(__always)
    private func isAnythingToAsk(_ memory: borrowing ScheduleMemory) -> Bool {
        !memory.wanted.isEmpty || memory.late != nil || busySources > 0
    }

    /// The next source, all in turn from the first to be asked on.
    ///
    /// - Parameters:
    ///   - turn: counts those that have had theirs.
    ///   - all: not only those that may help.
    @inline(__always)
    private func nextToAsk(_ turn: inout Int, from first: Int, all: Bool, of memory: borrowing ScheduleMemory) -> Int? {
        guard turn < sources.count else { return nil }
        var index = first + turn < sources.count ? first + turn : first + turn - sources.count
        if !all {
            let end = index < first ? first : sources.count
            if let next = memory.helpful.first(from: index), next < end {
                index = next
            } else if index >= first, let next = memory.helpful.first(from: 0), next < first {
                index = next
            } else {
                return nil
            }
        }
        turn = (index < first ? index + sources.count : index) - first + 1
        return index
    }

    /// Asks each of the askable peers, from one on, for one piece more; who cannot be asked for any is askable no more.
    private mutating func takeTurn(
        from start: Int, _ ahead: Double, now: Instant, budget: inout Int, random: inout SeededGenerator, memory: inout ScheduleMemory,
        actions: inout [TransferAction]
    ) {
        var kept = start
        for next in start..<memory.askable.count {
            let index = memory.askable[next].index
            guard mayAsk(index, ahead, now: now), budget > 0 || have.pieceCount == 1,
                ask(index, now: now, budget: &budget, random: &random, memory: &memory, actions: &actions)
            else { continue }
            memory.askable[kept] = memory.askable[next]
            kept += 1
        }
        memory.askable.removeLast(memory.askable.count - kept)
    }

    /// - Returns: whether there was anything to ask the peer for.
    private mutating func ask(
        _ index: Int, now: Instant, budget: inout Int, random: inout SeededGenerator, memory: inout ScheduleMemory,
        actions: inout [TransferAction]
    ) -> Bool {
        var pick = pick(of: index, wanted: memory.wanted, positions: memory.positions, now: now, random: &random)
        if pick == nil, sources.values[index].outstanding == 0 {
            pick = memory.late.flatMap { stalledPiece(for: index, after: $0, now: now) }
            if pick == nil, busySources > 0 { pick = relieve(index, now: now, actions: &actions) }
        }
        guard let piece = pick else { return false }
        memory.wanted.remove(piece)
        ask(index, for: piece, now: now, actions: &actions)
        budget -= layout?.length(of: piece) ?? 0
        return true
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
        guard holders.isOffering(index), sources.values[index].reach != .reserve, now >= sources.values[index].penalisedUntil
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
        let isFar = sources.values[index].reach == .far
        guard isFar || !suspects.isEmpty else {
            return holders.pick(from: index, wanted: wanted, positions: positions, using: &random)
        }
        var allowed = wanted
        if isFar {
            // What is near need not come from afar.
            for other in sources.values.indices where sources.values[other].reach == .near && now >= sources.values[other].penalisedUntil {
                holders.takeOut(of: &allowed, offerOf: other)
            }
        }
        for piece in suspects.keys where isSuspect(sources.values[index].node, of: piece) { allowed.remove(piece) }
        return holders.pick(from: index, wanted: allowed, positions: positions, using: &random)
    }

    /// Pieces that may be asked for now: that any peer has, linkable, and neither had, on their way, nor about to come from the origin.
    @inline(__always)
    private mutating func findWanted(_ wanted: inout PieceSet) {
        wanted.become(ledger.left)
        guard !wanted.isEmpty else { return }
        if let run { wanted.remove(run.cursor..<(run.end ?? have.pieceCount)) }
        if let end = ofChain({ $0.knownEnd }), end < have.pieceCount { wanted.remove(end - 1..<have.pieceCount) }
    }

    /// Whether a peer's news of pieces could lead to a request.
    @inline(__always)
    func isWorthAsking(_ connection: ConnectionID, for pieces: PieceList, now: Instant) -> Bool {
        // Mostly it has been told of by others before.
        let isNew = pieces.contains { piece in
            !have.contains(Int(piece)) && !requests.pieces.contains(Int(piece)) && !checking.contains(Int(piece))
        }
        guard isNew, let index = sources.index(forKey: connection) else { return false }
        return mayAsk(index, policy.requestAhead.inSeconds, now: now)
    }

    /// A piece that another peer was asked for and does not bring, or not soon: this peer, which has nothing else to do, may be quicker.
    private func stalledPiece(for index: Int, after late: Duration, now: Instant) -> Int? {
        guard holders.isOffering(index) else { return nil }
        let (connection, node) = (sources.keys[index], sources.values[index].node)
        return requests.entries.first { request in
            guard request.connection != connection, holders.has(request.piece, index), !isSuspect(node, of: request.piece) else {
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
        guard holders.isOffering(index), !requests.isEmpty else { return nil }
        let (connection, node) = (sources.keys[index], sources.values[index].node)
        let waiting = requests.entries.lastIndex { request in
            guard request.received == 0, request.connection != connection, holders.has(request.piece, index),
                mayBeRelieved(request.connection, by: index)
            else { return false }
            return !isSuspect(node, of: request.piece) && requests.isAskedOnce(request.piece)
        }
        guard let waiting else { return nil }
        let request = ledger.removeRequest(at: waiting)
        release(request.connection, bytes: request.length, now: now)
        actions.append(.cancel(request.connection, piece: request.piece))
        return request.piece
    }

    private func mayBeRelieved(_ connection: ConnectionID, by index: Int) -> Bool {
        guard let other = sources.index(forKey: connection), sources.values[other].outstanding >= longQueueBytes else { return false }
        // What is to come from near does not come from afar instead.
        return sources.values[index].reach == .near || sources.values[other].reach == .far
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
        ledger.add(PieceRequest(piece: piece, length: length, connection: connection, now: now))
        requestCount &+= 1
        actions.append(.request(connection, piece: piece))
    }

    /// Takes all pieces away from peers that send nothing, and leaves them alone for a while, longer each time. What others bring in their
    /// place, because it was asked of these too, is no excuse.
    mutating func expireRequests(now: Instant, actions: inout [TransferAction]) {
        for index in sources.values.indices where isOverdue(index, now: now) {
            let connection = sources.keys[index]
            for request in ledger.removeRequests(where: { $0.connection == connection }) {
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
        guard !distrustsLists, run == nil, now - startedAt > policy.statesPatience, let known = ofChain({ $0.vouchedStatesEnd }),
            known < have.pieceCount, holders.available.firstMember(from: known - 1) < have.pieceCount
        else { return }
        for index in sources.values.indices {
            if let asked = sources.values[index].statesAskedAt, now - asked < policy.heartbeat { continue }
            guard holders.firstPiece(of: index, from: known - 1) < have.pieceCount else { continue }
            sources.values[index].statesAskedAt = now
            actions.append(.wantStates(sources.keys[index], first: known))
        }
    }

    /// Whether a connected peer could bring this transfer forward.
    func hasUsefulSource(now: Instant) -> Bool {
        guard !distrustsLists else { return false }
        return sources.values.indices.contains { index in
            guard sources.values[index].reach != .reserve, now >= sources.values[index].penalisedUntil, holders.isOffering(index) else {
                return false
            }
            let node = sources.values[index].node
            let declined = now < sources.values[index].declinedUntil ? sources.values[index].setAside : nil
            return declined?.contains { isMissing($0, from: node) } == true
                || holders.firstPiece(of: index, where: { isMissing($0, from: node) }) < have.pieceCount
        }
    }

    private func isMissing(_ piece: Int, from node: NodeID) -> Bool { !have.contains(piece) && !isSuspect(node, of: piece) }
}

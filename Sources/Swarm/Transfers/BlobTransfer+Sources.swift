import BasicContainers
import OrderedCollections

extension BlobTransfer {
    /// What to do with bytes that arrived.
    enum Acceptance: Sendable {
        case keep
        /// Keep them; with them the piece is whole.
        case complete
        /// Nobody asked for them, or not any more.
        case discard
    }

    mutating func add(_ connection: ConnectionID, node: NodeID, reach: Reach) {
        guard !sources.contains(connection) else { return }
        sources.set(Source(node: node, reach: reach), forKey: connection)
        ledger.makeRoom(forPeers: sources.count)
    }

    /// A blob of one short piece is asked of the first peer before that one says that it has it: one round trip instead of two. A wrong
    /// guess is declined.
    ///
    /// - Returns: whether it is expected from this peer.
    mutating func expectSmallBlob(from connection: ConnectionID) -> Bool {
        guard let layout, layout.pieceCount == 1, layout.blobSize <= UInt64(PieceLayout.shortestPiece), have.isEmpty, mandate == .none,
            !hasGuessed, requests.isEmpty, let index = sources.index(forKey: connection), !holders.isOffering(index),
            sources.values[index].reach != .reserve
        else { return false }
        hasGuessed = true
        ledger.take(PieceSet(completeWith: 1), of: index)
        return true
    }

    /// Peers of other zones may be asked: it is this node's part to, or nobody else helps.
    mutating func callReserve() {
        for index in sources.values.indices where sources.values[index].reach == .reserve { sources.values[index].reach = .far }
    }

    /// The peer tells all that it can serve.
    mutating func has(_ connection: ConnectionID, size: UInt64, pieces: PieceSet, actions: inout [TransferAction]) {
        guard let index = sources.index(forKey: connection) else { return }
        ledger.withdrawOffer(of: index)
        (sources.values[index].offeredSize, sources.values[index].setAside) = (size, pieces)
        defer { noteSetAside(index) }
        // A transfer that begins with this size takes the offer in itself.
        guard adopt(size: size, .claimed, actions: &actions), layout != nil, !holders.isOffering(index) else { return }
        takeOffer(of: index)
        meetPredecessor(connection)
    }

    /// The peer can serve more pieces.
    mutating func gained(_ connection: ConnectionID, pieces: PieceList) {
        guard let index = sources.index(forKey: connection) else { return }
        let isOffering = holders.isOffering(index)
        for piece in pieces.lazy.map({ Int($0) }) {
            if !isOffering {
                sources.values[index].setAside?.insert(piece)
            } else if ledger.gained(piece, index), hasSetAside, sources.values[index].setAside?.remove(piece) == true,
                sources.values[index].setAside?.isEmpty == true
            {
                sources.values[index].setAside = nil
            }
        }
    }

    /// All that the peer says it can serve.
    func offer(of index: Int) -> PieceSet? {
        let (pieces, setAside) = (holders.offer(of: index), sources.values[index].setAside)
        guard let pieces, let setAside else { return pieces ?? setAside }
        return pieces.union(setAside)
    }

    /// The blob is about to be laid out anew: what was offered of what it was may be of what it is then.
    mutating func setOfferAside(of index: Int) { sources.values[index].setAside = offer(of: index) }

    /// The blob is laid out like this from now on: what is offered of one of its size may be asked for.
    mutating func takeOffer(of index: Int) {
        defer { noteSetAside(index) }
        guard sources.values[index].offeredSize == layout?.blobSize, let offer = sources.values[index].setAside.take() else { return }
        ledger.take(offer, of: index)
    }

    private mutating func noteSetAside(_ index: Int) { if sources.values[index].setAside != nil { hasSetAside = true } }

    /// Whether the peer can serve all of the blob.
    func isSeed(_ connection: ConnectionID) -> Bool { sources.index(forKey: connection).map { holders.isSeed($0) } == true }

    /// Of the blob, as the peer has told.
    @inline(__always)
    func offeredSize(by connection: ConnectionID) -> UInt64? {
        guard let index = sources.index(forKey: connection) else { return nil }
        return sources.values[index].offeredSize
    }

    /// Those of `pieces` that the peer is not known to have.
    @inline(__always)
    func unknown(to connection: ConnectionID, of pieces: [Int]) -> PieceList {
        var unknown = PieceList()
        let source = sources.index(forKey: connection)
        for piece in pieces where !isKnown(piece, at: source) { unknown.append(UInt32(piece)) }
        return unknown
    }

    /// Those of `news` that the peer was not told of and is not known to have.
    @inline(__always)
    func unknown(to connection: ConnectionID, of news: PartlyTold) -> PieceList {
        let source = sources.index(forKey: connection)
        return news.unknown(to: connection) { isKnown($0, at: source) }
    }

    @inline(__always)
    private func isKnown(_ piece: Int, at source: Int?) -> Bool {
        guard let source else { return false }
        return holders.has(piece, source)
    }

    /// The peer left, closed the blob, or is not believed any more.
    mutating func lose(_ connection: ConnectionID, actions: inout [TransferAction]) {
        guard let index = sources.index(forKey: connection) else { return }
        if sources.remove(at: index).outstanding >= longQueueBytes { busySources -= 1 }
        ledger.removePeer(index)
        for request in ledger.removeRequests(where: { $0.connection == connection }) where request.received > 0 {
            actions.append(.drop(connection, piece: request.piece))
        }
        reconsiderSize(actions: &actions)
    }

    /// The size was the word of a peer that is gone, and others say otherwise.
    private mutating func reconsiderSize(actions: inout [TransferAction]) {
        guard let layout, sizeTrust == .claimed, have.isEmpty, !sources.contains(where: { $0.offeredSize == layout.blobSize }),
            let other = sources.firstIndex(where: { $0.offeredSize != nil }), let size = sources.values[other].offeredSize,
            let fresh = PieceLayout(blobSize: size)
        else { return }
        restart(reason: "the peer that told the blob's size is gone, and others tell another", actions: &actions)
        begin(fresh, .claimed)
        actions.append(.sized(fresh))
    }

    /// - Parameter sentAt: when the peer last sent anything of any blob.
    mutating func rejected(_ connection: ConnectionID, piece: Int, sentAt: Instant, now: Instant, actions: inout [TransferAction]) {
        // It stays part of the offer: a peer that is asked for too much declines it now, and has it later.
        guard let source = sources.index(forKey: connection) else { return }
        if ledger.declined(piece, source) {
            hasSetAside = true
            if sources.values[source].setAside == nil { sources.values[source].setAside = PieceSet(pieceCount: have.pieceCount) }
            sources.values[source].setAside?.insert(piece)
        }
        let isBusy = sentAt > .zero && now - sentAt < policy.busyFor
        let until = now + (isBusy ? policy.busyFor : policy.declinedFor)
        sources.values[source].declinedUntil = until
        sources.values[source].silence.end(now: now)
        guard let index = requests.index(of: piece, from: connection) else { return }
        let request = ledger.removeRequest(at: index)
        release(connection, bytes: request.length - request.received, now: now)
        if request.received > 0 { actions.append(.drop(connection, piece: piece)) }
    }

    /// Bytes of this blob come from the peer.
    mutating func flows(_ connection: ConnectionID, now: Instant) {
        guard let source = sources.index(forKey: connection) else { return }
        sources.values[source].lastByteAt = now
        sources.values[source].silence.end(now: now)
    }

    /// Bytes of a piece arrive, in order per request.
    mutating func receive(_ connection: ConnectionID, piece: Int, offset: Int, count: Int, now: Instant) -> Acceptance {
        guard let source = sources.index(forKey: connection) else { return .discard }
        // Empty frames are no sign of life.
        if count > 0 { flows(connection, now: now) }
        guard let index = requests.index(of: piece, from: connection) else { return .discard }
        let request = requests.entries[index]
        guard request.received == offset, offset + count <= request.length, count > 0 || request.length == 0 else { return .discard }
        ledger.receive(count, at: index)
        owes(-count, source)
        sources.values[source].rate.record(count, now: now)
        guard request.received + count == request.length else { return .keep }
        sources.values[source].timeouts = 0
        deliveryTimes.record(now - request.askedAt)
        return .complete
    }

    /// A piece is whole: have it checked, unless another peer's copy was quicker.
    mutating func completed(_ piece: Int, from connection: ConnectionID, now: Instant, actions: inout [TransferAction]) {
        // Taken away while its last frame came: what was gathered is gone already.
        guard let index = requests.index(of: piece, from: connection), requests.entries[index].isWhole else { return }
        ledger.removeRequest(at: index)
        release(connection, bytes: 0, now: now)
        guard let link = ofChain({ $0.link(of: piece) }), let trust = ofChain({ $0.trust(of: piece) }), !have.contains(piece),
            !checking.contains(piece), let source = sources.index(forKey: connection), !distrustsLists
        else {
            actions.append(.drop(connection, piece: piece))
            return
        }
        ledger.check(piece)
        let node = sources.values[source].node
        actions.append(
            .check(CheckOrder(digest, piece: piece, from: connection, node: node, link: link, isTrusted: trust > .claimed)))
    }

    /// The gathered bytes of a piece were hashed.
    mutating func checked(_ check: CheckOrder, holds: Bool, now: Instant, actions: inout [TransferAction]) {
        let piece = check.piece
        guard checking.contains(piece) else { return }
        guard let trust = ofChain({ $0.has(check.link, of: piece) ? $0.trust(ofBothStatesOf: piece) : nil }) else {
            // The list changed meanwhile: the verdict is about a chain that nobody believes any more.
            ledger.stopChecking(piece)
            return
        }
        if holds {
            gained(piece, now: now, actions: &actions)
        } else {
            ledger.stopChecking(piece)
            failed(piece, check.connection, check.node, trust: trust, now: now, actions: &actions)
        }
    }

    /// The storing of a verified piece failed: it may come again.
    mutating func notStored(_ piece: Int, actions: inout [TransferAction]) {
        ledger.stopChecking(piece)
        storeFailures += 1
        if storeFailures >= policy.storeAttempts {
            actions.append(.fail(.unavailable("verified pieces cannot be stored: is the disk full?")))
        }
    }

    // MARK: States

    mutating func vouched(_ size: UInt64, _ list: StateList, now: Instant, actions: inout [TransferAction]) {
        lastProgressAt = now
        guard !distrustsLists else { return }
        guard adopt(size: size, .told, actions: &actions) else {
            distrustLists(reason: "the lease holder changed its mind about the blob's size", actions: &actions)
            return
        }
        absorb(list, actions: &actions)
    }

    /// Takes over vouched states and whatever follows from them for claims that they contradict.
    mutating func absorb(_ list: StateList, actions: inout [TransferAction]) {
        switch chain?.vouch(list) ?? .agreed {
        case .agreed, .dissent: releasePieces(actions: &actions)
        case .replaced(let index, let claimants):
            forget(from: index - 1, actions: &actions)
            blame(claimants: claimants, reason: "claimed chain states that contradict the vouched ones", actions: &actions)
            releasePieces(actions: &actions)
        case .contradiction: rethink(actions: &actions)
        }
    }

    mutating func claimed(_ connection: ConnectionID, _ list: StateList, actions: inout [TransferAction]) {
        guard !distrustsLists, let node = sources.inPlace(connection, { $0.node }) else { return }
        _ = chain?.claim(list, by: node)
        releasePieces(actions: &actions)
    }

    /// Pieces from this one on were verified against states that are gone.
    mutating func forget(from piece: Int, actions: inout [TransferAction]) {
        let wrong = withheld.filter { $0 >= piece }
        for index in wrong {
            ledger.forget(index)
            withheld.remove(index)
        }
        if !wrong.isEmpty { actions.append(.forget(wrong)) }
        for index in checking where index >= piece { ledger.stopChecking(index) }
        for index in suspects.keys where index >= piece { suspects.removeValue(forKey: index) }
    }
}

import OrderedCollections

/// One blob's download on one node: which pieces are had, wanted, asked for and from whom.
///
/// Pure: every method takes what happened and the time, and appends what is to be done to `actions`.
struct BlobTransfer: Sendable {
    /// Whether this node may fetch the blob from the origin.
    enum Mandate: Sendable {
        /// Somebody else does, or it is not known yet.
        case none
        /// The tracker gave the lease: nobody else does.
        case lease
        /// The swarm cannot help; whoever else does is not asked.
        case alone
    }

    /// A peer that has opened this blob.
    struct Source: Sendable {
        let node: NodeID
        var pieces: PieceSet?
        /// Bytes asked for and not yet received.
        var outstanding = 0
        var penalisedUntil = Instant.zero
        var statesAskedAt: Instant?
    }

    /// One piece asked of one peer.
    struct Fetch: Sendable {
        let connection: ConnectionID
        var received = 0
        var lastByteAt: Instant
    }

    /// A stream from the origin under way.
    struct OriginRun: Sendable {
        /// The next piece that it will bring.
        var cursor: Int
        var end: Int?
    }

    let digest: Digest
    let policy: TransferPolicy
    let startedAt: Instant

    var chain: DigestChain?
    /// Whether the size came from the tracker, the origin or the store rather than from a single peer.
    var isSizeTrusted = false
    /// Verified and stored.
    var have = PieceSet(pieceCount: 0)
    /// Verified, stored, and believed enough to be emitted and relayed.
    private(set) var released = PieceSet(pieceCount: 0)
    /// Whole, but not yet verified.
    var checking = PieceSet(pieceCount: 0)
    var picker = PiecePicker(pieceCount: 0)
    var sources: OrderedDictionary<ConnectionID, Source> = [:]
    var fetches: OrderedDictionary<Int, [Fetch]> = [:]
    /// Peers whose copy of a piece did not link, by piece.
    var failures: [Int: [NodeID]] = [:]
    var readers: OrderedDictionary<ReaderID, Int> = [:]

    var mandate = Mandate.none
    var run: OriginRun?
    var originAttempts = 0
    var originRetryAt = Instant.zero
    var lastOriginFailure: OriginFailure?
    /// The list was shown to be wrong once: only the origin and the digest are believed from then on.
    var distrustsLists = false
    var restarts = 0

    /// States up to here were told to the tracker, and when.
    var vouchedTo = 1
    var vouchedAt = Instant.zero
    /// Leading pieces that the tracker was told of, and when.
    var reportedPrefix = 0
    var reportedAt = Instant.zero
    var lastProgressAt: Instant
    var saidLonelyAt: Instant?
    private(set) var isFinished = false

    init(digest: Digest, policy: TransferPolicy, now: Instant) {
        self.digest = digest
        self.policy = policy
        self.startedAt = now
        self.lastProgressAt = now
    }

    var layout: PieceLayout? { chain?.layout }

    /// Every piece is had. Not so while the size is unknown, when the set of pieces is empty and hence full.
    var isWhole: Bool { chain != nil && have.isComplete }

    /// Leading pieces that are had.
    var prefix: Int { have.firstMissing() }

    /// Takes over what an earlier run of this node left in its store, already verified again.
    mutating func resume(layout: PieceLayout, states: StateList, pieces: PieceSet) {
        begin(layout, trusted: true)
        _ = chain?.vouch(states)
        have = pieces
        released = pieces
    }

    mutating func begin(_ layout: PieceLayout, trusted: Bool) {
        chain = DigestChain(digest: digest, layout: layout)
        isSizeTrusted = trusted
        have = PieceSet(pieceCount: layout.pieceCount)
        released = have
        checking = have
        picker = PiecePicker(pieceCount: layout.pieceCount)
        for source in sources.values { if let pieces = source.pieces, pieces.pieceCount == have.pieceCount { picker.add(pieces) } }
    }

    /// The size is known, from somebody.
    ///
    /// - Returns: false when it contradicts a size that is believed more.
    mutating func adopt(size: UInt64, trusted: Bool, actions: inout [TransferAction]) -> Bool {
        guard let layout = PieceLayout(blobSize: size) else { return false }
        guard let known = self.layout else {
            begin(layout, trusted: trusted)
            actions.append(.sized(layout))
            return true
        }
        if known == layout {
            isSizeTrusted = isSizeTrusted || trusted
            return true
        }
        guard trusted, !isSizeTrusted else { return false }
        restart(reason: "peers disagree with the lease holder on the blob's size", actions: &actions)
        begin(layout, trusted: true)
        actions.append(.sized(layout))
        return true
    }

    /// Starts over from nothing: what was stored follows from a list or a size that is wrong.
    mutating func restart(reason: String, actions: inout [TransferAction]) {
        for (piece, attempts) in fetches { for fetch in attempts { abandon(piece, fetch, actions: &actions) } }
        fetches.removeAll()
        failures.removeAll()
        if run != nil {
            actions.append(.stopOrigin)
            run = nil
        }
        restarts += 1
        vouchedTo = 1
        actions.append(.restart(reason: reason))
        if let layout { begin(layout, trusted: isSizeTrusted) }
    }

    func abandon(_ piece: Int, _ fetch: Fetch, actions: inout [TransferAction]) {
        actions.append(.cancel(fetch.connection, piece: piece))
        if fetch.received > 0 { actions.append(.drop(fetch.connection, piece: piece)) }
    }

    /// A piece is verified and stored.
    mutating func gained(_ piece: Int, now: Instant, actions: inout [TransferAction]) {
        checking.remove(piece)
        have.insert(piece)
        lastProgressAt = now
        saidLonelyAt = nil
        chain?.linked(piece, verified: have)
        for fetch in fetches.removeValue(forKey: piece) ?? [] {
            release(fetch.connection, bytes: layout?.length(of: piece) ?? 0, less: fetch.received)
            abandon(piece, fetch, actions: &actions)
        }
        releasePieces(actions: &actions)
        if isWhole, !isFinished, let chain {
            isFinished = true
            actions.append(.finish(chain.states))
        }
    }

    /// Lets out what has become believable.
    mutating func releasePieces(actions: inout [TransferAction]) {
        guard let chain else { return }
        var fresh: [Int] = []
        for piece in have where !released.contains(piece) && chain.trust(of: piece) > .claimed {
            released.insert(piece)
            fresh.append(piece)
        }
        if !fresh.isEmpty { actions.append(.released(fresh)) }
    }

    /// Gives back a peer's request budget for a piece that it need not send any more.
    mutating func release(_ connection: ConnectionID, bytes: Int, less received: Int) {
        sources[connection]?.outstanding -= bytes - received
    }

    /// Bytes asked for and not received, over all peers.
    var outstanding: Int { sources.values.reduce(0) { $0 + $1.outstanding } }
}

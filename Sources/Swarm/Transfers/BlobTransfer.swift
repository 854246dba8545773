import BasicContainers
import OrderedCollections

/// One blob's download on one node: which pieces are had, wanted, asked for and from whom.
///
/// Pure: every method takes what happened and the time, and appends what is to be done to `actions`.
struct BlobTransfer: ~Copyable, Sendable {
    /// Whether this node may fetch the blob from the origin.
    enum Mandate: Sendable {
        /// Somebody else does, or it is not known yet.
        case none
        /// The tracker gave the lease: nobody else does.
        case lease
        /// The swarm cannot help; whoever else does is not asked.
        case alone
    }

    /// Where a peer is, as far as it matters for what is asked of it.
    enum Reach: Sendable {
        /// In this node's zone.
        case near
        /// In another zone, while this node is to bring the blob into its own: it is asked for what nobody near has.
        case far
        /// In another zone, while somebody else brings the blob into this one: it is served, and asked only when nobody else helps.
        case reserve
    }

    /// A peer that has opened this blob.
    struct Source: ~Copyable, Sendable {
        // What is asked of all sources at nearly every event lies first, and together. What they have is in `holders`.
        /// Bytes asked for and not yet received.
        var outstanding = 0
        var penalisedUntil = Instant.zero
        var reach: Reach
        var rate = DeliveryRate()
        /// What it says it can serve and may not be asked: it has declined that, or all of it is of a blob of another size.
        var setAside: PieceSet?
        let node: NodeID
        /// Of which size it says the blob is; nil before it has said anything.
        var offeredSize: UInt64?
        /// It declined a request lately: until then it is believed to have the piece, and to offer it again.
        var declinedUntil = Instant.zero
        var lastByteAt = Instant.zero
        var silence = Silence()
        /// How often it was left alone because it sent nothing, since it last brought a piece.
        var timeouts = 0
        var statesAskedAt: Instant?

        init(node: NodeID, reach: Reach) {
            self.node = node
            self.reach = reach
        }
    }

    /// Whose word the blob's size is.
    enum SizeTrust: Int, Comparable, Sendable {
        /// A peer's, or that of whoever announced the blob to the tracker.
        case claimed
        /// That of the manifest that names the blob.
        case named
        /// That of the origin, of the lease holder, or of this node's own store; or the digest has borne it out.
        case told

        static func < (left: SizeTrust, right: SizeTrust) -> Bool { left.rawValue < right.rawValue }
    }

    /// A peer whose copy of a piece did not link.
    struct Suspect: Sendable {
        let connection: ConnectionID
        let node: NodeID
    }

    /// A stream from the origin under way.
    struct OriginRun: Sendable {
        /// The next piece that it will bring.
        var cursor: Int
        var end: Int?
    }

    // What nearly every event asks for lies first, and together: with many transfers a processor waits longer for its memory than it works.
    /// The chain's. Kept beside it, as it is asked for all the time, and out of an optional chain it comes with a copy of that.
    private(set) var layout: PieceLayout?
    var ledger = PieceLedger(pieceCount: 0)
    var sources = Table<ConnectionID, Source>()
    /// How many of these owe so much that they can be relieved of some. Counted, as it is asked at nearly every event.
    var busySources = 0
    /// Whether any of these ever had something set aside.
    var hasSetAside = false
    /// When peers were asked last, they could have been asked for more.
    var ranOutOfBudget = false
    /// The list was shown to be wrong once: only the origin and the digest are believed from then on.
    var distrustsLists = false
    var mandate = Mandate.none
    /// When peers were last looked at for requests to hedge.
    var hedgedAt = Instant.zero
    /// Requests ever made.
    var requestCount = 0
    private let sharedPolicy: Shared<TransferPolicy>
    var policy: TransferPolicy { _read { yield sharedPolicy.value } }
    /// How long this node's own link took, when last heard of, for all that was asked for: no peer is late before.
    var linkDelay = Duration.zero
    var run: OriginRun?
    var readers: OrderedDictionary<ReaderID, Int> = [:]
    /// Verified, stored, and believed enough to be emitted and relayed.
    private(set) var released = PieceSet(pieceCount: 0)

    let digest: Digest
    let startedAt: Instant
    /// See `SwarmNode.likelyStates`.
    let likelyStates: StateList?
    var chain: DigestChain?
    /// How far the chain's size can be believed.
    var sizeTrust = SizeTrust.claimed
    /// Released, but peers were not told yet; and when they were told last.
    var untold: [Int] = []
    var toldAt = Instant.zero
    /// Pieces that some peers were told of, and those peers.
    var partlyTold = PartlyTold()
    var superSeed = SuperSeed()
    /// Verified and stored, but not believed enough yet.
    var withheld = PieceSet(pieceCount: 0)
    var deliveryTimes = DeliveryTimes()
    /// Peers whose copy of a piece did not link to a state that is not proven: they or the list are to blame.
    var suspects: OrderedDictionary<Int, [Suspect]> = [:]
    /// Verified pieces in a row that could not be stored.
    var storeFailures = 0
    /// A peer was asked before it said what it has; once is enough.
    var hasGuessed = false
    /// When it got the lease last.
    var leasedAt = Instant.zero
    /// Who held the lease before, while there is no connection to it.
    var predecessor: Predecessor?
    /// The lease is to go on to another node; when what is still to come for it is not waited for any more.
    var handOverDeadline: Instant?
    var originAttempts = 0
    var originRetryAt = Instant.zero
    var lastOriginFailure: OriginFailure?
    /// How often what the origin sent did not hash to the digest.
    var contradictions = 0
    /// What a client is told if nobody else delivers either.
    var lastVerdict: TransferFailure?
    /// How often the origin was given up since a piece was gained.
    var surrenders = 0
    /// How the tracker stood when last heard of.
    var outlook = TrackerOutlook.absent
    var restarts = 0
    /// States up to here were told to the tracker, and when.
    var vouchedTo = 1
    var vouchedAt = Instant.zero
    /// How many pieces the tracker was told of, and when.
    var reportedPieces = 0
    var reportedAt = Instant.zero
    /// When anything last showed that the blob is coming.
    var lastProgressAt: Instant
    /// When a piece was last gained: words alone do not bring a blob.
    var lastGainAt: Instant
    /// From 0 to 1, different on every node: after what part of `policy.heldBackSpread` it is this one's turn at the origin.
    var originTurn = 0.0
    /// When a piece was last let out.
    var lastReleaseAt: Instant
    /// Whether the tracker was told, since the last piece was gained, that nothing comes; true if also that nobody is left to ask.
    var saidAlone: Bool?
    /// It had no tracker when it went on its own.
    var isCutOff = false
    /// The piece that the origin is asked for to tell who is to blame: the peers whose copies did not link, or the list.
    var arbitrated: Int?
    private(set) var isFinished = false

    init(digest: Digest, policy: Shared<TransferPolicy>, likelyStates: StateList? = nil, now: Instant) {
        self.digest = digest
        self.likelyStates = likelyStates
        self.sharedPolicy = policy
        self.startedAt = now
        self.lastProgressAt = now
        self.lastGainAt = now
        self.lastReleaseAt = now
    }

    /// Asks or changes the chain where it lies. Out of an optional it is copied, with all that it refers to, for each question.
    @inline(__always)
    mutating func ofChain<Answer>(_ question: (inout DigestChain) -> Answer?) -> Answer? {
        guard chain != nil else { return nil }
        return question(&chain!)
    }

    // How its pieces stand, by the ledger.
    var have: PieceSet { @inline(__always) _read { yield ledger.have } }
    var checking: PieceSet { @inline(__always) _read { yield ledger.checking } }
    var requests: PieceRequests { @inline(__always) _read { yield ledger.requests } }
    var holders: PieceHolders { @inline(__always) _read { yield ledger.holders } }

    /// Every piece is had. Not so while the size is unknown, when the set of pieces is empty and hence full.
    var isWhole: Bool { layout != nil && have.isComplete }

    /// Leading pieces that are had.
    var prefix: Int { have.firstMissing() }

    /// Takes over what an earlier run of this node left in its store, already verified again.
    mutating func resume(layout: PieceLayout, states: StateList, pieces: PieceSet) {
        begin(layout, .told)
        _ = chain?.vouch(states)
        guard pieces.pieceCount == layout.pieceCount else { return }
        ledger.resume(pieces)
        released = pieces
        if pieces.contains(layout.lastPiece) { chain?.linked(layout.lastPiece, verified: pieces) }
    }

    mutating func begin(_ layout: PieceLayout, _ trust: SizeTrust) {
        chain = DigestChain(digest.algorithm, layout: layout, likely: likelyStates)
        self.layout = layout
        sizeTrust = trust
        released = PieceSet(pieceCount: layout.pieceCount)
        withheld = released
        untold = []
        partlyTold = PartlyTold()
        superSeed = SuperSeed()
        for source in sources.values.indices { setOfferAside(of: source) }
        ledger = PieceLedger(pieceCount: layout.pieceCount, peers: sources.count)
        busySources = 0
        for source in sources.values.indices {
            sources.values[source].outstanding = 0
            takeOffer(of: source)
        }
    }

    /// The size is known, from somebody.
    ///
    /// - Returns: false when it contradicts a size that is believed more.
    mutating func adopt(size: UInt64, _ trust: SizeTrust, actions: inout [TransferAction]) -> Bool {
        guard let layout = PieceLayout(blobSize: size) else { return false }
        guard let known = self.layout else {
            begin(layout, trust)
            actions.append(.sized(layout))
            return true
        }
        if known == layout {
            if trust > sizeTrust {
                sizeTrust = trust
                actions.append(.sized(layout))
            }
            return true
        }
        guard trust > sizeTrust else { return false }
        restart(reason: "the blob's size turned out to be another", actions: &actions)
        begin(layout, trust)
        actions.append(.sized(layout))
        return true
    }

    /// Starts over from nothing: what was stored follows from a list or a size that is wrong.
    mutating func restart(reason: String, actions: inout [TransferAction]) {
        for request in ledger.removeRequests(where: { _ in true }) { abandon(request, actions: &actions) }
        suspects.removeAll()
        if run != nil {
            actions.append(.stopOrigin)
            run = nil
        }
        restarts += 1
        vouchedTo = 1
        actions.append(.restart(reason: reason))
        if let layout { begin(layout, sizeTrust) }
    }

    func abandon(_ request: PieceRequest, actions: inout [TransferAction]) {
        actions.append(.cancel(request.connection, piece: request.piece))
        if request.received > 0 { actions.append(.drop(request.connection, piece: request.piece)) }
    }

    /// A piece is verified and stored.
    mutating func gained(_ piece: Int, now: Instant, actions: inout [TransferAction]) {
        if ledger.store(piece) { withheld.insert(piece) }
        lastProgressAt = now
        lastGainAt = now
        saidAlone = nil
        surrenders = 0
        storeFailures = 0
        chain?.linked(piece, verified: ledger.have)
        if requests.pieces.contains(piece) {
            for request in ledger.removeRequests(where: { $0.piece == piece }) {
                release(request.connection, bytes: request.length - request.received, now: now)
                abandon(request, actions: &actions)
            }
        }
        let before = released.count
        releasePieces(actions: &actions)
        if released.count > before { lastReleaseAt = now }
        finishIfWhole(actions: &actions)
    }

    /// All pieces link: the blob can be published.
    mutating func finishIfWhole(actions: inout [TransferAction]) {
        if isWhole, !isFinished, let chain {
            isFinished = true
            actions.append(.finish(chain.states))
        }
    }

    /// Lets out what has become believable.
    mutating func releasePieces(actions: inout [TransferAction]) {
        // Mostly all is out that can be.
        guard !withheld.isEmpty else { return }
        let known = untold.count
        var piece = withheld.firstMember()
        while piece < withheld.pieceCount {
            if let trust = ofChain({ $0.trust(of: piece) }), trust > .claimed {
                released.insert(piece)
                untold.append(piece)
            }
            piece = withheld.firstMember(from: piece + 1)
        }
        guard untold.count > known else { return }
        for index in known..<untold.count { withheld.remove(untold[index]) }
        // Pieces that link to believed states are pieces of a blob of this size.
        sizeTrust = .told
        if !suspects.isEmpty { for piece in untold[known...] { blameSuspects(of: piece, actions: &actions) } }
        actions.append(.released)
    }

    /// A request of the peer is gone: gives back its budget for bytes that it need not send any more.
    mutating func release(_ connection: ConnectionID, bytes: Int, now: Instant) {
        guard let index = sources.index(forKey: connection) else { return }
        owes(-bytes, index)
        // Whoever owes bytes was asked for something else, too.
        guard sources.values[index].outstanding == 0, !requests.entries.contains(where: { $0.connection == connection }) else { return }
        sources.values[index].silence.pause(now: now)
    }

    /// Memory that pieces take until they are stored, bytes: those asked for are gathered whole, those that have come wait to be hashed
    /// and written.
    var gatheringBytes: Int { requests.bytes + checking.count * (layout?.pieceLength ?? 0) }
}

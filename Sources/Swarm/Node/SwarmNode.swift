import BasicContainers
import DequeModule
import OrderedCollections

/// The whole policy of one agent: its transfers, its peers, its tracker session.
///
/// Pure and deterministic: the same events at the same times with the same seed give the same actions. The shipped agent drives it
/// with sockets and files, the simulator with a virtual network. Not to be copied: with thousands of them in one process, copies made in
/// passing would be most of the work.
public struct SwarmNode: ~Copyable, Sendable {
    public let settings: NodeSettings
    /// What chains of blobs are likely to become. Believed no sooner for that: where many nodes lie in one memory, what they learn need lie there
    /// only once.
    public var likelyStates: [Digest: StateList] = [:]
    var random: SeededGenerator
    var transfers = Table<Digest, BlobTransfer>()
    /// Whole blobs, by size.
    var held: [Digest: UInt64]
    var neighbours = Table<ConnectionID, PeerSession>()
    /// Of these, those that are being closed for others.
    var leavingCount = 0
    /// Of those neighbours that wait for anything or are being sent anything.
    var uploads = Table<ConnectionID, UploadQueue>()
    var connections: [NodeID: ConnectionID] = [:]
    /// Who is being dialled, and for which blobs.
    var dialling: OrderedDictionary<NodeID, [Digest]> = [:]
    /// Peers that the tracker named, by blob: candidates for a connection.
    var candidates: [Digest: [PeerRecord]] = [:]
    var banned: [NodeID: Instant] = [:]
    var tracker = BlobTransfer.TrackerOutlook.absent
    /// When the tracker was last pinged, or connected to.
    var trackerPingedAt = Instant.zero
    /// Of blobs served lately.
    var sentPieces = Table<Digest, SentPieces>()
    var turn: UInt64 = 0
    /// When all peers were last told what only some had been told.
    var restToldAt = Instant.zero
    private var keptAliveAt = Instant.zero
    /// Requests that were declined, the oldest first.
    var declined: Deque<Declined> = []
    /// What goes out while anything is being sent, and the most that did lately.
    var uploadRate = DeliveryRate(window: .milliseconds(200), first: .milliseconds(50))
    var bestUploadRate = RateMemory()
    /// What comes in from origins.
    var originRate = DeliveryRate(window: .seconds(1), first: .seconds(1))
    /// What comes in from peers while anything is expected of them, and the most that did lately.
    var arrivalRate = DeliveryRate(window: .milliseconds(200), first: .milliseconds(5))
    var bestArrivalRate = RateMemory()
    /// When bytes of a piece last came.
    var linkUsedAt = Instant.zero
    /// How long the link takes for all that was asked for, as of the last tick.
    private var linkDelay = Duration.zero
    var uploadBucket: TokenBucket?
    var downloadBucket: TokenBucket?
    /// Empty but while an event is handled.
    var lists = ActionLists()

    /// - Parameters:
    ///   - held: digest and size of every whole blob in the node's store.
    ///   - seed: of all random choices.
    public init(settings: NodeSettings, held: [Digest: UInt64], seed: UInt64) {
        self.settings = settings
        self.held = held
        self.random = SeededGenerator(seed: seed)
        self.uploadBucket = settings.uploadBytesPerSecond.map { TokenBucket(bytesPerSecond: $0) }
        self.downloadBucket = settings.downloadBytesPerSecond.map { TokenBucket(bytesPerSecond: $0) }
    }

    /// Takes in one event and tells what is to be done about it, in order.
    public mutating func handle(_ event: consuming NodeEvent, now: Instant) -> [NodeAction] {
        take(event, now)
        return takeActions()
    }

    /// The same, for drivers of so many nodes that memory for each event would be much of the work.
    ///
    /// - Parameter lists: what is to be done is appended to its actions.
    public mutating func handle(_ event: consuming NodeEvent, now: Instant, into lists: inout ActionLists) {
        swap(&self.lists, &lists)
        take(event, now)
        swap(&self.lists, &lists)
    }

    /// What is to be done, out of the node's own lists, which keep their memory.
    mutating func takeActions() -> [NodeAction] {
        defer { lists.actions.removeAll(keepingCapacity: true) }
        return Array(lists.actions)
    }

    private mutating func take(_ event: consuming NodeEvent, _ now: Instant) {
        switch consume event {
        case .want(let digest, let reader, let stored, let size): want(digest, reader, stored, size, now)
        case .readerMoved(let digest, let reader, let piece):
            if let index = transfers.index(forKey: digest) { transfers.values[index].readers[reader] = piece }
        case .readerLeft(let digest, let reader): transfers.inPlace(digest) { $0.readers[reader] = nil }
        case .connected(let connection, let isInitiator, let expecting): connected(connection, isInitiator, expecting, now)
        case .connectFailed(let node): connectFailed(node, now)
        case .message(let connection, let message): hear(message, from: connection, now)
        case .disconnected(let connection): disconnected(connection, now)
        case .brokeProtocol(let connection, let error): violate(connection, error, now)
        case .uploaded(let connection): uploaded(connection, now)
        case .checked(let check, let verdict): checked(check, verdict, now)
        case .trackerConnecting: if case .absent = tracker { tracker = .connecting }
        case .trackerConnected: trackerConnected(now)
        case .trackerLost:
            tracker = .absent
            for digest in transfers.keys { tellRest(of: digest, now) }
        case .tracker(let reply): trackerSaid(reply, now)
        case .originAnswered(let digest, let size):
            update(digest, now) { $0.originAnswered(size: size, now: now, actions: &$1) }
        case .originFlows(let digest): update(digest, now) { $0.originFlows(now: now, actions: &$1) }
        case .originBrought(let digest, let piece, let end):
            if let layout = layout(of: digest) { originRate.record(layout.length(of: piece), now: now) }
            update(digest, now) { $0.originBrought(piece, end: end, now: now, actions: &$1) }
        case .originContradictsDigest(let digest): update(digest, now) { $0.originContradictsDigest(now: now, actions: &$1) }
        case .originEnded(let digest, let failure): update(digest, now) { $0.originEnded(failure, now: now, actions: &$1) }
        case .published(let digest, let size): published(digest, size, now)
        case .cannotStore(let digest, let why): fail(digest, .cannotStore(why))
        case .evicted(let digest): evicted(digest)
        case .tick: tick(now)
        }
    }

    // MARK: Questions the driver asks

    /// Whether the piece may be given to a client.
    @inline(__always)
    public func isReleased(_ digest: Digest, piece: Int) -> Bool {
        if let index = transfers.index(forKey: digest) { return transfers.values[index].released.contains(piece) }
        return held[digest] != nil
    }

    /// The first piece at or after `start` that may not be given to a client yet; the number of pieces when there is none.
    ///
    /// Mutating, though it changes nothing: from another module the node would be copied for it, at each piece.
    public mutating func firstUnreleased(of digest: Digest, from start: Int) -> Int {
        if let index = transfers.index(forKey: digest) { return transfers.values[index].released.firstMissing(from: start) }
        return layout(of: digest)?.pieceCount ?? start
    }

    /// nil until the size is known.
    @inline(__always)
    public func layout(of digest: Digest) -> PieceLayout? {
        if let index = transfers.index(forKey: digest) { return transfers.values[index].layout }
        return held[digest].flatMap { PieceLayout(blobSize: $0) }
    }

    /// nil until the size is known from more than a single peer's word: what a client may be told.
    public func believedLayout(of digest: Digest) -> PieceLayout? {
        guard let index = transfers.index(forKey: digest) else { return layout(of: digest) }
        return transfers.values[index].sizeTrust > .claimed ? transfers.values[index].layout : nil
    }

    /// Whether this node has the blob whole.
    public func holds(_ digest: Digest) -> Bool { held[digest] != nil }
    /// Whether the blob is on its way to this node.
    @inline(__always)
    public func isTransferring(_ digest: Digest) -> Bool { transfers.index(forKey: digest) != nil }
    /// When nothing is being transferred, and nothing waits to be sent, ticks may be rare.
    @inline(__always)
    public var isBusy: Bool { !transfers.isEmpty || areUploadsPaced || !declined.isEmpty }
    /// Bytes of the blob's pieces that are verified and stored.
    public func verifiedBytes(of digest: Digest) -> UInt64 {
        guard let index = transfers.index(forKey: digest), let layout = transfers.values[index].layout else { return held[digest] ?? 0 }
        return transfers.values[index].have.reduce(0) { $0 + UInt64(layout.length(of: $1)) }
    }

    /// Blobs on their way here that somebody still streams from their origin, this node or another; at least one.
    public var blobsFromOrigins: Int {
        let coming = transfers.count { transfer in transfer.chain.map { $0.vouchedStatesEnd < $0.layout.pieceCount } ?? true }
        return max(1, coming)
    }

    public var activeTransfers: Int { transfers.count }

    /// Connections to other agents, and dials that have not come to one yet.
    public var connectionCount: Int { neighbours.count - leavingCount }
    public var dialCount: Int { dialling.count }
    /// Blob channels that this node has open, over all connections.
    public var channelCount: Int { neighbours.values.indices.reduce(0) { $0 + neighbours.values[$1].channelCount } }

    /// The peer at the other end, once it has said who it is.
    public func peer(_ connection: ConnectionID) -> Hello? { neighbours.peek(connection) { $0.peer } }

    // MARK: Transfers

    /// Runs one transfer's method, then does what it wants.
    ///
    /// - Parameter only: what has happened lets only this peer be asked for more.
    mutating func update(
        _ digest: Digest, only: ConnectionID? = nil, _ now: Instant, _ body: (inout BlobTransfer, inout [TransferAction]) -> Void
    ) {
        // In place, by index: a copy out of the dictionary would copy all its arrays at every event.
        guard let index = transfers.index(forKey: digest) else { return }
        var wanted = takeList()
        body(&transfers.values[index], &wanted)
        transfers.values[index].orderFromOrigin(now: now, actions: &wanted)
        perform(&wanted, for: digest, now)
        schedule(digest, only: only, now)
    }

    /// An empty list for what a transfer wants, in memory that was there.
    private mutating func takeList() -> [TransferAction] {
        var list: [TransferAction] = []
        swap(&list, &lists.wanted)
        return list
    }

    /// Does what a transfer wants, and keeps the list's memory.
    @inline(__always)
    private mutating func perform(_ wanted: inout [TransferAction], for digest: Digest, _ now: Instant) {
        for index in wanted.indices { perform(wanted[index], for: digest, now) }
        if !wanted.isEmpty { wanted.removeAll(keepingCapacity: true) }
        swap(&wanted, &lists.wanted)
    }

    /// Asks peers for more of one blob.
    ///
    /// - Parameter only: nothing has changed but for this peer. All the same if the budget was not enough for all when they were asked last.
    mutating func schedule(_ digest: Digest, only: ConnectionID? = nil, _ now: Instant) {
        guard let index = transfers.index(forKey: digest) else { return }
        let ownBytes = transfers.values[index].gatheringBytes
        let only = transfers.values[index].ranOutOfBudget ? nil : only
        let gathering = gatheringBytes
        if gathering == 0 { arrivalRate.begin(now: now) }
        // A blob of which nothing is on its way is not to wait until all others are whole.
        let least = ownBytes == 0 && gathering < settings.inFlightLimitBytes ? 1 : 0
        let allowed = min(max(inFlightBytes(now) - gathering, least), downloadAllowance(now))
        var budget = allowed
        var wanted = takeList()
        transfers.values[index].schedule(
            only: only, now: now, budget: &budget, random: &random, memory: &lists.memory, actions: &wanted)
        downloadBucket?.take(allowed - budget, at: now)
        perform(&wanted, for: digest, now)
    }

    private mutating func want(_ digest: Digest, _ reader: ReaderID, _ stored: StoredPieces?, _ size: UInt64?, _ now: Instant) {
        guard held[digest] == nil else { return }
        if !transfers.contains(digest) {
            guard transfers.count < settings.transferLimit else {
                lists.actions.append(.fail(digest, .unavailable("\(transfers.count) blobs are on their way here already, the limit")))
                return
            }
            var transfer = BlobTransfer(digest: digest, policy: settings.sharedTransfer, likelyStates: likelyStates[digest], now: now)
            transfer.originTurn = Double(random.next() >> 11) / Double(1 << 53)
            if let stored, let layout = PieceLayout(blobSize: stored.size) {
                transfer.resume(layout: layout, states: stored.states, pieces: stored.pieces)
                lists.actions.append(.sized(digest, layout))
            }
            transfers.set(transfer, forKey: digest)
            if case .connected = tracker { join(digest, isAlone: false) }
        }
        transfers.inPlace(digest) { $0.readers[reader] = 0 }
        if let size { update(digest, now) { _ = $0.adopt(size: size, .named, actions: &$1) } }
        lookAfter(digest, now)
    }

    /// Lets a transfer see how time has passed.
    mutating func lookAfter(_ digest: Digest, _ now: Instant) {
        excuseBusyPeers(digest, now)
        update(digest, now) { [tracker, linkDelay] in $0.tick(now: now, tracker: tracker, linkDelay: linkDelay, actions: &$1) }
    }

    /// A peer sends its pieces one after the other: while those of another blob come, over a slow link for seconds each, it is not silent.
    private mutating func excuseBusyPeers(_ digest: Digest, _ now: Instant) {
        guard transfers.count > 1, let index = transfers.index(forKey: digest) else { return }
        for source in transfers.values[index].sources.values.indices {
            guard transfers.values[index].isOverdue(source, now: now),
                let neighbour = neighbours.index(forKey: transfers.values[index].sources.keys[source])
            else { continue }
            transfers.values[index].sources.values[source].silence.end(now: neighbours.values[neighbour].lastDataAt)
        }
    }

    mutating func join(_ digest: Digest, isAlone: Bool) {
        guard let index = transfers.index(forKey: digest) else { return }
        let (prefix, holdsLease) = (transfers.values[index].prefix, transfers.values[index].mandate == .lease)
        let request = JoinRequest(digest: digest, prefix: UInt32(prefix), holdsLease: holdsLease, isAlone: isAlone)
        lists.actions.append(.tell(.join(request)))
    }

    mutating func fail(_ digest: Digest, _ failure: TransferFailure) {
        guard transfers.removeValue(forKey: digest) != nil else { return }
        candidates[digest] = nil
        close(digest)
        tell(.leave(digest))
        lists.actions.append(.fail(digest, failure))
    }

    private mutating func published(_ digest: Digest, _ size: UInt64, _ now: Instant) {
        let transfer = transfers.removeValue(forKey: digest)
        candidates[digest] = nil
        held[digest] = size
        // Where both hold it whole there is nothing left to say, nor to those who want to hear no more of it.
        for connection in neighbours.keys
        where transfer?.isSeed(connection) == true
            || neighbours.inPlace(connection, { $0.isClosedByPeer(digest) }) == true
        {
            close(digest, on: connection, now)
        }
        tell(.announce([HeldBlob(digest: digest, size: size)]))
    }

    private mutating func evicted(_ digest: Digest) {
        guard held.removeValue(forKey: digest) != nil else { return }
        sentPieces.removeValue(forKey: digest)
        close(digest)
        tell(.leave(digest))
    }

    mutating func tell(_ request: TrackerRequest) {
        if case .connected = tracker { lists.actions.append(.tell(request)) }
    }

    // MARK: Time

    private mutating func mandate(for digest: Digest) -> BlobTransfer.Mandate? {
        transfers.index(forKey: digest).map { transfers.values[$0].mandate }
    }

    /// How often connections are looked through for silent ones.
    private static let keepAliveInterval = Duration.seconds(1)

    private mutating func tick(_ now: Instant) {
        let isTimeForRest = now - restToldAt >= settings.transfer.restInterval
        if isTimeForRest { restToldAt = now }
        linkDelay = delayOfLink(now)
        for digest in transfers.keys {
            let before = mandate(for: digest)
            tellNews(of: digest, now)
            if isTimeForRest { tellRest(of: digest, now) }
            tendPromises(of: digest, now)
            lookAfter(digest, now)
            if before == BlobTransfer.Mandate.none, mandate(for: digest) == .alone {
                lists.actions.append(.report(.wentAlone(digest)))
            }
        }
        if now - keptAliveAt >= Self.keepAliveInterval {
            keptAliveAt = now
            for index in neighbours.values.indices { keepAlive(index, now) }
        }
        serve(now)
        offerDeclined(now)
        keepTrackerAlive(now)
        if !banned.isEmpty { banned = banned.filter { $0.value > now } }
    }
}

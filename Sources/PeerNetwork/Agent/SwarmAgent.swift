public import BlobStore
public import Logging
public import Swarm
public import UVLoop

/// A node of the swarm: drives `SwarmNode`, which decides, with sockets, files and the origin, which do.
///
/// The actor's executor is the loop's thread, so libuv's callbacks are already inside it. Hashing and files never run there: they go
/// to the loop's thread pool and come back as events.
public actor SwarmAgent {
    public nonisolated let loop: UVLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    let store: BlobStore
    let settings: AgentSettings
    let origin: any OriginFetching
    let observer: any AgentObserver
    let logger: Logger

    /// For pieces being gathered; as much is kept for the next ones as two of the longest take.
    let memory = PieceMemory(keptLimitBytes: 2 * PieceLayout.longestPiece)

    var node: SwarmNode?
    var listener: TCPListener?
    var links: [ConnectionID: PeerLink] = [:]
    var lastConnection: UInt64 = 0
    var ticker: LoopTimer?
    var tracker: TrackerLink?
    /// Questions about tags that the tracker has not answered yet, in order.
    var tagQuestions: [TagQuestion] = []
    /// Tags for which a client here asks the registry, at the tracker's word.
    var tagsBeingAsked: Set<TagName> = []
    var lastTagQuestion: UInt64 = 0
    var isStopping = false

    /// Where each wanted blob may be fetched from, newest last.
    var locations: [Digest: [OriginLocation]] = [:]
    var partials: [Digest: PartialPlace] = [:]
    var originRuns: [Digest: (run: OriginRun, task: Task<Void, Never>)] = [:]
    var originHabits = OriginHabits()
    /// Files that peers are being served from.
    var files = ServedFiles()
    var fileOpenings: [Digest: FileOpening] = [:]
    var storeTurns = StoreTurns()
    /// Blobs under way whose size is a claim, and that have no place of their own in the store until it is more.
    var unplaced: Set<Digest> = []
    var storeWarnedAt: Instant?
    var lastFileOpening: UInt64 = 0
    var lastReader: UInt64 = 0
    var waiting: [Digest: [Waiter]] = [:]
    var lastWaiter: UInt64 = 0
    /// What waits for time to pass before it looks for a tracker.
    var pauses: [UInt64: Pause] = [:]
    var lastPause: UInt64 = 0
    /// Readers of blobs under way, with whether they were given bytes already.
    var readers: [Digest: [ReaderID: BlobReader]] = [:]
    var opening: [Digest: Task<StoredPieces?, Never>] = [:]
    /// Sizes that manifests name, for when their blobs are asked for; the oldest go first.
    var namedSizes = NamedSizes()
    var ledgers = TransferLedgers()
    var readingPace: ReadingPace?

    /// - Parameters:
    ///   - store: what the node holds; nobody else may write to it.
    ///   - observer: hears what metrics count.
    public init(
        loop: UVLoop, store: BlobStore, settings: AgentSettings, origin: any OriginFetching, observer: any AgentObserver, logger: Logger
    ) {
        self.loop = loop
        self.store = store
        self.settings = settings
        self.origin = settings.originBytesPerSecond.map { PacedOrigin(origin: origin, pace: OriginPace(bytesPerSecond: $0)) } ?? origin
        self.readingPace = settings.downloadBytesPerSecond.map { ReadingPace(bytesPerSecond: $0) }
        self.observer = observer
        self.logger = logger
    }

    /// Listens for peers and begins to look for the tracker.
    ///
    /// - Returns: the address of the peer socket.
    public func start() async throws -> String {
        let listener = try await listen()
        self.listener = listener
        let address = listener.localAddress.map { "\($0)" } ?? settings.listen
        let advertised = try await advertisedAddress(listening: address)
        var nodeSettings = NodeSettings(node: store.nodeID, cluster: settings.cluster, zone: settings.zone, address: advertised)
        nodeSettings.transfer = settings.transfer
        nodeSettings.connectionLimit = settings.connectionLimit
        nodeSettings.inFlightLimitBytes = settings.inFlightLimitBytes
        nodeSettings.uploadBytesPerSecond = settings.uploadBytesPerSecond
        nodeSettings.downloadBytesPerSecond = settings.downloadBytesPerSecond
        let store = store
        // The quota may have been another when they were stored.
        let room = try await loop.work { try store.makeRoom(for: 0) }
        observer.evicted(blobs: room.evicted.count, bytes: room.evicted.reduce(0) { $0 + $1.size })
        let blobs = try await loop.work { store.heldBlobs }
        let held = Dictionary(blobs.map { ($0.digest, $0.size) }, uniquingKeysWith: { first, _ in first })
        var generator = SystemRandomNumberGenerator()
        node = SwarmNode(settings: nodeSettings, held: held, seed: settings.seed ?? generator.next())
        ticker = LoopTimer(on: loop, after: .seconds(1)) { self.tick() }
        connectToTracker()
        return address
    }

    /// Closes everything. Transfers end where they are; what is verified stays in the store. Waiting readers are told.
    public func stop() async {
        isStopping = true
        for pause in Array(pauses.keys) { endPause(pause) }
        endTagQuestions()
        ticker?.cancel()
        readingPace?.cancel()
        listener?.close()
        for (_, task) in originRuns.values { task.cancel() }
        originRuns = [:]
        tracker?.close()
        for link in links.values { link.connection.close(within: .seconds(1)) }
        for digest in Array(waiting.keys) { wake(digest) }
        let store = store
        do {
            try await loop.work { try store.flush() }
        } catch {
            logger.warning("the store could not be flushed", metadata: ["error": "\(error)"])
        }
    }

    public var nodeID: NodeID { store.nodeID }

    var now: Instant { Instant(nanoseconds: loop.nowNanoseconds) }

    /// Reports an event to the policy and does what it says. Not while stopping: the policy would begin anew what is being ended.
    func feed(_ event: NodeEvent) {
        guard !isStopping, let actions = node?.handle(event, now: now) else { return }
        perform(actions)
        hurryTicker()
    }

    // MARK: Time

    private static let busyTick: Duration = .milliseconds(20)
    private static let idleTick: Duration = .seconds(1)

    private func tick() {
        for link in links.values where link.awaitsTooMuch(now) { link.connection.awaitBytes(1) }
        feed(.tick)
        guard !isStopping else { return }
        let isBusy = node?.isBusy == true
        tickerIsFast = isBusy
        ticker = LoopTimer(on: loop, after: isBusy ? Self.busyTick : Self.idleTick) { self.tick() }
    }

    private var tickerIsFast = false

    /// A transfer began while the timer was slow.
    private func hurryTicker() {
        guard !tickerIsFast, node?.isBusy == true, !isStopping else { return }
        tickerIsFast = true
        ticker?.reschedule(after: Self.busyTick)
    }

    // MARK: Addresses

    private func listen() async throws -> TCPListener {
        guard let (host, port) = SocketAddress.split(settings.listen) else { throw AgentError.address(settings.listen) }
        guard let address = try await loop.resolve(host: host, port: port).first else { throw AgentError.address(settings.listen) }
        let listener = try TCPListener(on: loop)
        listener.onConnection = { connection in self.accepted(connection) }
        listener.onAcceptError = { [logger] error in logger.warning("a peer's connection was not accepted", metadata: ["error": "\(error)"])
        }
        do {
            try listener.bind(to: address)
            try listener.listen()
        } catch {
            listener.close()
            throw error
        }
        return listener
    }

    /// What peers are told: `--advertise`, with the listening port in the place of port 0; else the listening address, with this host's
    /// address on the way to the tracker in the place of the unspecified one.
    private func advertisedAddress(listening: String) async throws -> String {
        guard let (host, port) = SocketAddress.split(settings.advertise ?? listening), let (_, actualPort) = SocketAddress.split(listening)
        else { throw AgentError.address(settings.advertise ?? listening) }
        var name = host
        if host == "0.0.0.0" || host == "::" {
            guard let outward = await outwardHost() else { throw AgentError.advertiseUnspecified("\(host):\(port)") }
            name = outward
        }
        return (name.contains(":") ? "[\(name)]" : name) + ":\(port == 0 ? actualPort : port)"
    }

    private func outwardHost() async -> String? {
        if settings.trackers.isEmpty { return "127.0.0.1" }
        for tracker in settings.trackers {
            guard let (host, port) = SocketAddress.split(tracker), let address = try? await loop.resolve(host: host, port: port).first,
                let outward = SocketAddress.outward(towards: address)
            else { continue }
            return outward.host
        }
        return nil
    }
}

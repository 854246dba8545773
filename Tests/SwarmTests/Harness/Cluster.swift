import Swarm
import Testing

/// N agents, a tracker and an origin in virtual time. The same seed gives the same run.
final class Cluster {
    var events = EventQueue()
    var random: SeededGenerator
    var nodes: [SimulatedNode] = []
    /// Nodes before they came back: messages to them may still be under way.
    private var retired: [SimulatedNode] = []
    var contents: [Digest: ToyContent] = [:]
    var origins: [Digest: OriginModel] = [:]
    /// What the origins of all blobs together send at most.
    var originUplink = SimulatedPort()
    /// The link into a zone, by the zone's name; from the origin too, which is in the first.
    var zoneLinks: [String: SimulatedPort] = [:]
    /// Piece bytes that peers of other zones sent into a zone, and those that the origin did.
    var bytesInto: [String: Int] = [:]
    var originBytesInto: [String: Int] = [:]
    /// Chunks of one stream that are under way at once, as TCP's window would have it.
    var originWindow = 8
    var tracker: TrackerIndex?
    var trackerSettings: TrackerSettings
    /// Raised whenever the tracker stops, so that what is under way to the old one gets lost.
    var trackerEpoch = 0
    var trackerReports: [TrackerReport] = []
    var sessions: [SessionID: SimulatedNode] = [:]
    var nextSession: UInt64 = 1
    var latency: ClosedRange<Int64> = 200_000...1_000_000
    /// Blobs of which some node lies on purpose as lease holder: clients may be given wrong bytes, publishing them stays forbidden.
    var isReleaseTrusted = true
    var policy = TransferPolicy()
    var adjust: (inout NodeSettings) -> Void = { _ in }
    /// Hash of all actions so far, if `recordsLog`.
    var logHash: UInt64 = 0xcbf2_9ce4_8422_2325
    var recordsLog = false
    var trace = false
    var problems: [String] = []
    var streamCount = 0
    /// Streams from the origin by number, those that have ended too.
    var streams: [Int: OriginStream] = [:]
    /// Pieces that nodes told peers of while they streamed from the origin, a piece and a peer each.
    var piecesToldByStreamers = 0
    /// Which node, by its index, was the first that a streaming node told of each piece, by the piece's number: for tests with one blob.
    var firstToldOf: [UInt32: Int] = [:]
    /// How often any node told a peer of new pieces.
    var newsMessages = 0

    init(seed: UInt64, hasTracker: Bool = true) {
        random = SeededGenerator(seed: seed)
        trackerSettings = TrackerSettings(cluster: "test")
        tracker = hasTracker ? TrackerIndex(settings: trackerSettings, seed: seed) : nil
    }

    var now: Instant { events.now }

    /// Adds nodes and starts them.
    func addNodes(_ count: Int, zones: Int = 1, holding held: [ToyContent] = []) {
        for _ in 0..<count {
            let index = nodes.count
            var settings = NodeSettings(
                node: NodeID(high: Toy.mix(5, UInt64(index)), low: UInt64(index)), cluster: "test", zone: "zone\(index % zones)",
                address: "10.0.0.\(index):7000")
            settings.transfer = policy
            adjust(&settings)
            let sizes = Dictionary(uniqueKeysWithValues: held.map { ($0.digest, $0.size) })
            let node = SimulatedNode(index: index, settings: settings, held: sizes, seed: random.next())
            for content in held { hold(content, at: node) }
            nodes.append(node)
            start(node)
        }
    }

    /// The node says that it holds the blob, as what it makes of it.
    func pretend(_ lie: ToyContent, at index: Int) {
        let node = nodes[index]
        node.lies[lie.digest] = lie
        hold(lie, at: node)
        give(.published(lie.digest, size: lie.size), to: node)
    }

    private func hold(_ content: ToyContent, at node: SimulatedNode) {
        var stored = SimulatedNode.Stored(layout: content.layout, states: content.states)
        for (piece, tag) in content.tags.enumerated() { stored.tags[piece] = tag }
        node.store[content.digest] = stored
        node.published[content.digest] = now
    }

    private func start(_ node: SimulatedNode) {
        give(.trackerConnecting, to: node)
        connectToTracker(node)
        tick(node)
    }

    /// Makes a blob known, with an origin for it.
    @discardableResult
    func add(_ content: ToyContent, origin: OriginModel? = OriginModel()) -> ToyContent {
        contents[content.digest] = content
        origins[content.digest] = origin
        return content
    }

    /// The node's client wants the blob, from now or after a while.
    func want(_ content: ToyContent, at node: Int, after delay: Duration = .zero, stored: StoredPieces? = nil) {
        let node = nodes[node]
        after(delay) { [unowned self] in
            guard node.isAlive else { return }
            give(.want(content.digest, reader: ReaderID(1), stored: stored, size: nil), to: node)
        }
    }

    /// The node dies without a word; what is in its store stays.
    func crash(_ index: Int) {
        let node = nodes[index]
        guard node.isAlive else { return }
        node.isAlive = false
        for link in node.links.keys.sorted() { closeLink(link, at: node) }
        node.originStreams = [:]
        node.gathered = [:]
        leaveTracker(node)
    }

    /// The node comes back with what it had recorded, and wants again what it had not finished.
    func revive(_ index: Int, wanting content: ToyContent) {
        let old = nodes[index]
        var held: [Digest: UInt64] = [:]
        for digest in old.published.keys { held[digest] = old.store[digest]?.layout.blobSize }
        let node = SimulatedNode(index: index, settings: old.settings, held: held, seed: random.next())
        node.store = old.store
        node.published = old.published
        retired.append(old)
        nodes[index] = node
        start(node)
        guard held[content.digest] == nil else { return }
        want(content, at: index, stored: recorded(content, at: node))
    }

    private func recorded(_ content: ToyContent, at node: SimulatedNode) -> StoredPieces? {
        guard var stored = node.store[content.digest], !stored.recorded.isEmpty else { return nil }
        var pieces = PieceSet(pieceCount: stored.layout.pieceCount)
        for piece in stored.recorded { pieces.insert(piece) }
        stored.tags = stored.tags.filter { stored.recorded.contains($0.key) }
        stored.position = 0
        stored.unreleased = []
        node.store[content.digest] = stored
        // A real store keeps the trusted states; here as many as its pieces reach.
        let reach = (stored.recorded.max() ?? 0) + 2
        return StoredPieces(size: stored.layout.blobSize, states: content.states.slice(1..<reach), pieces: pieces)
    }

    // MARK: Time

    func after(_ delay: Duration, _ body: @escaping () -> Void) { events.schedule(at: now + delay, body) }

    /// Runs until `isDone`, or to the end of the virtual time given.
    func run(for bound: Duration, until isDone: () -> Bool = { false }) {
        let end = now + bound
        while !isDone(), let next = events.nextTime, next <= end { events.pop()?() }
    }

    /// Runs until every living node either has the blob or was told that it cannot be had.
    @discardableResult
    func settle(_ content: ToyContent, within bound: Duration, nodes some: [Int]? = nil) -> Bool {
        let watched = some ?? Array(nodes.indices)
        func isSettled() -> Bool {
            watched.allSatisfy { index in
                let node = nodes[index]
                return !node.isAlive || node.published[content.digest] != nil || node.failed[content.digest] != nil
            }
        }
        run(for: bound, until: isSettled)
        return isSettled()
    }

    func randomLatency() -> Duration {
        .nanoseconds(latency.lowerBound + Int64(random.next() % UInt64(latency.upperBound - latency.lowerBound + 1)))
    }

    private func tick(_ node: SimulatedNode) {
        after(node.policy.isBusy ? .milliseconds(50) : .seconds(1)) { [unowned self] in
            guard node.isAlive else { return }
            give(.tick, to: node)
            tick(node)
        }
    }

    // MARK: Driving

    func give(_ event: NodeEvent, to node: SimulatedNode) {
        guard node.isAlive else { return }
        perform(node.policy.handle(event, now: now), at: node)
    }

    func record(_ text: @autoclosure () -> String) {
        guard recordsLog || trace else { return }
        let line = "\(now.nanoseconds / 1000) \(text())"
        if trace { problems.append(line) }
        for byte in line.utf8 { logHash = (logHash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    }
}

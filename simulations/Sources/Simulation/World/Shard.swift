import BasicContainers
import DequeModule
import Swarm

/// Nodes that one processor at a time is at, while others are at other shards: all that nodes do by themselves and hear from each other. What it
/// does to anything beyond them is an event for later, or an order. Event by event all nodes are one shard.
final class Shard {
    /// Held as if the shard owned it, which it does not: the two would keep each other for ever. By a reference that says so it would be counted up
    /// and down at each look, and all processors would wait for each other to count.
    let world: World
    let strand: Strand
    let ends: Arena<LinkEnd>
    let nodes: Arena<SimulatedNode>
    /// Those of its nodes.
    let numbers: Range<Int>
    /// In steps, ends of which so many bytes are through that something follows.
    var reached: [(end: LinkEnd.ID, sent: Double)] = []
    var batch = EventBatch<Event>()
    private var orders: [Order] = []
    /// What nodes want done, of each event within an event: what one does may at once be an event for another.
    private var lists = UniqueArray<ActionLists>()
    private var listsInUse = 0
    /// Memory of ends that sent something, for others: most send nothing most of the time, and are not to keep any for that.
    var spareQueues: [Deque<LinkEnd.Pending>] = []

    init(of world: World, _ numbers: Range<Int>, _ strand: Strand) {
        self.world = world
        self.strand = strand
        self.numbers = numbers
        (ends, nodes) = (world.ends, world.nodes)
        Unmanaged.passUnretained(world).release()
    }

    /// What is given back when `world` goes was never kept.
    deinit { _ = Unmanaged.passUnretained(world).retain() }

    /// What there is to do for `run`.
    var load: Int { reached.count + batch.count }

    /// Goes through all that happens in this step so far.
    func run() {
        for (end, sent) in reached { advance(end, sent: sent) }
        reached.removeAll(keepingCapacity: true)
        guard batch.count > 0 else { return }
        batch.arrange(places: numbers.count)
        for index in batch.ordered.indices { happens(batch.ordered[index]) }
    }

    func order(_ order: Order) {
        if world.isStepped { orders.append(order) } else { world.perform(order) }
    }

    /// While no shard is at work.
    func placeOrders() {
        for order in orders { world.perform(order) }
        orders.removeAll(keepingCapacity: true)
    }

    // MARK: Events

    func happens(_ event: Event) {
        strand.eventCount += 1
        guard case .opens(let id, _) = event else {
            strand.log.note(now, event)
            return handle(event)
        }
        guard let parcel = strand.parcels.take(id) else { return }
        strand.log.note(now, parcel)
        open(parcel)
    }

    private func handle(_ event: Event) {
        switch event {
        case .tick(let node, let epoch): tick(node, epoch)
        case .frameBegins(let end, let frame): frameBegins(end, frame)
        case .frameFlows(let end, let serial): frameFlows(end, serial)
        case .frameEnds(let end, let frame): frameEnds(end, frame)
        case .closed(let end): peerClosed(end)
        default: preconditionFailure("\(event) happens elsewhere")
        }
    }

    private func open(_ parcel: consuming Parcel) {
        switch consume parcel {
        case .message(let end, let message):
            guard ends[end].isOpen else { return }
            give(.message(LinkEnd.connection(end), consume message), to: ends[end].node)
        case .checked(let node, let epoch, let check, let verdict):
            guard nodes[node].epoch == epoch else { return }
            if verdict == .stored, check.isTrusted, let blob = world.blobIndex(check.digest) { world.record(blob, check.piece, at: node) }
            give(.checked(check, verdict), to: node)
        case .fromTracker(let session, let letter, let node, let epoch):
            if nodes[node].epoch == epoch, nodes[node].session == session { give(.tracker(letter.reply), to: node) }
        default: preconditionFailure("a parcel that is opened elsewhere")
        }
    }

    // MARK: Time

    /// Nanoseconds.
    var now: Int64 { world.queue.now }
    var instant: Instant { Instant(nanoseconds: now) }

    /// - Parameters:
    ///   - time: nanoseconds.
    ///   - node: where it happens; nil for elsewhere.
    func schedule(at time: Int64, _ event: Event, at node: Int?) { world.schedule(at: time, event, at: node, strand) }

    func schedule(at time: Int64, _ parcel: consuming Parcel, at node: Int?) {
        schedule(at: time, .opens(strand.parcels.put(parcel), node: node ?? World.elsewhere), at: node)
    }

    func give(_ event: consuming NodeEvent, to node: Int) {
        guard nodes[node].isAlive else { return }
        let level = beginLists()
        nodes[node].policy.handle(event, now: instant, into: &lists[level])
        perform(level, at: node)
    }

    /// A piece has come whole.
    func complete(_ place: LinkEnd.Place, from end: LinkEnd.ID, at node: Int) {
        let level = beginLists()
        nodes[node].policy.completed(
            world.blobs[Int(place.blob)].digest, piece: Int(place.piece), from: LinkEnd.connection(end), now: instant, into: &lists[level])
        perform(level, at: node)
    }

    private func beginLists() -> Int {
        if lists.count == listsInUse { lists.append(ActionLists()) }
        listsInUse += 1
        return listsInUse - 1
    }

    /// Does what a node wants, and keeps the lists' memory.
    private func perform(_ level: Int, at node: Int) {
        while let action = lists[level].actions.popFirst() { perform(action, at: node) }
        listsInUse -= 1
    }
}

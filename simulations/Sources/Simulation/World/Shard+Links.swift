import DequeModule
import Swarm

/// Connections between nodes: messages and data frames, in order, over links that many share.
extension Shard {
    /// Closes one end now; the other hears of it after all that was sent before.
    func close(_ end: LinkEnd.ID) {
        guard ends[end].isOpen else { return }
        shut(end)
        give(.disconnected(LinkEnd.connection(end)), to: ends[end].node)
        schedule(at: arrival(from: end), .closed(LinkEnd.other(end)), at: ends[end].peer)
    }

    func peerClosed(_ end: LinkEnd.ID) {
        guard ends[end].isOpen else { return }
        shut(end)
        give(.disconnected(LinkEnd.connection(end)), to: ends[end].node)
    }

    private func shut(_ end: LinkEnd.ID) {
        ends[end].isOpen = false
        ends[end].queue = []
        ends[end].findMilestone(unsent: world.unsent)
        ends[end].arriving = nil
        ends[end].isArriving = false
        if ends[end].flow != nil { order(.close(end)) }
        nodes[ends[end].node].ends.removeAll { $0 == end }
    }

    /// When what is sent from here now is at the other end.
    private func arrival(from end: LinkEnd.ID) -> Int64 {
        let (from, to) = (ends[end].zone, ends[end].peerZone)
        let time = max(world.throughAt(from, to) + world.latency(from, to, strand), ends[end].lastArrival)
        ends[end].lastArrival = time
        return time
    }

    // MARK: Messages

    func send(_ message: consuming PeerMessage, from end: LinkEnd.ID) {
        guard ends[end].isOpen else { return }
        nodes[ends[end].node].controlBytes += message.frameBytes
        guard ends[end].isSending else { return arrives(message, from: end) }
        ends[end].queue[ends[end].queue.count - 1].after.append(message)
    }

    private func arrives(_ message: consuming PeerMessage, from end: LinkEnd.ID) {
        schedule(at: arrival(from: end), .message(LinkEnd.other(end), message), at: ends[end].peer)
    }

    // MARK: Frames

    func upload(_ frame: DataFrame, from end: LinkEnd.ID) {
        guard ends[end].isOpen, nodes[ends[end].node].group.misdeed != .servesNothing else { return }
        if ends[end].queue.isEmpty, let spare = spareQueues.popLast() { ends[end].queue = spare }
        ends[end].queued += Double(frame.count)
        ends[end].queue.append(LinkEnd.Pending(frame: frame, end: ends[end].queued))
        ends[end].findMilestone(unsent: world.unsent)
        if ends[end].queue.count == 1 { beginFrame(from: end) }
        settle(end)
    }

    private func beginFrame(from end: LinkEnd.ID) {
        guard !ends[end].queue.isEmpty else { return }
        schedule(at: arrival(from: end), .frameBegins(LinkEnd.other(end), ends[end].queue[0].frame), at: ends[end].peer)
    }

    /// Has the flow of an end looked at, in steps once for all that happens to it in a round.
    private func settle(_ end: LinkEnd.ID) {
        guard !ends[end].isUnsettled else { return }
        ends[end].isUnsettled = world.isStepped
        order(.settle(end))
    }

    /// Bytes of an end's frames are through: the kernel has more of them, some have arrived.
    func advance(_ end: LinkEnd.ID, sent: Double) {
        guard ends[end].isOpen else { return }
        var taken = 0
        for index in ends[end].queue.indices where !ends[end].queue[index].isTaken {
            guard ends[end].queue[index].end - world.unsent <= sent else { break }
            ends[end].queue[index].isTaken = true
            taken += 1
        }
        while !ends[end].queue.isEmpty, ends[end].queue[0].end <= sent { frameIsThrough(ends[end].queue.removeFirst(), from: end) }
        if ends[end].queue.isEmpty { putQueueBy(of: end) }
        ends[end].findMilestone(unsent: world.unsent)
        if ends[end].queue.isEmpty { settle(end) }
        // The kernel has taken frames of the node, which may have more.
        for _ in 0..<taken { give(.uploaded(LinkEnd.connection(end)), to: ends[end].node) }
        if !ends[end].queue.isEmpty { settle(end) }
    }

    private func putQueueBy(of end: LinkEnd.ID) {
        var queue: Deque<LinkEnd.Pending> = []
        swap(&queue, &ends[end].queue)
        if spareQueues.count < Self.spareLimit { spareQueues.append(queue) }
    }

    private static let spareLimit = 64

    private func frameIsThrough(_ head: LinkEnd.Pending, from end: LinkEnd.ID) {
        nodes[ends[end].node].bytesSent += head.frame.count
        if ends[end].zone != ends[end].peerZone { strand.crossZoneBytes += head.frame.count }
        schedule(at: arrival(from: end), .frameEnds(LinkEnd.other(end), head.frame), at: ends[end].peer)
        for message in head.after { arrives(message, from: end) }
        beginFrame(from: end)
    }

    // MARK: Arriving

    /// How often a node hears that bytes of a long frame come.
    private static let flowInterval = Duration.milliseconds(250)

    func frameBegins(_ end: LinkEnd.ID, _ frame: DataFrame) {
        guard ends[end].isOpen else { return }
        let node = ends[end].node
        do throws(WireError) {
            ends[end].arriving = try nodes[node].policy.accept(frame, from: LinkEnd.connection(end), now: instant).flatMap(place)
            ends[end].isArriving = true
            ends[end].serial &+= 1
            let rate = ends[LinkEnd.other(end)].flow.map { world.network.rate(of: $0) } ?? 0
            guard Double(frame.count) > rate * Self.flowInterval.inSeconds else { return }
            flowsOn(end)
        } catch {
            give(.brokeProtocol(LinkEnd.connection(end), error), to: node)
        }
    }

    private func place(_ placement: SwarmNode.Placement) -> LinkEnd.Place? {
        guard let blob = world.blobIndex(placement.digest) else { return nil }
        return LinkEnd.Place(blob: Int32(blob), piece: Int32(placement.piece), isLast: placement.isLast)
    }

    private func flowsOn(_ end: LinkEnd.ID) {
        schedule(at: now + Self.flowInterval.inNanoseconds, .frameFlows(end, serial: Int(ends[end].serial)), at: ends[end].node)
    }

    func frameFlows(_ end: LinkEnd.ID, _ serial: Int) {
        guard ends[end].isOpen, ends[end].isArriving, Int(ends[end].serial) == serial else { return }
        nodes[ends[end].node].policy.flows(LinkEnd.connection(end), now: instant)
        flowsOn(end)
    }

    func frameEnds(_ end: LinkEnd.ID, _ frame: DataFrame) {
        guard ends[end].isOpen else { return }
        let node = ends[end].node
        ends[end].isArriving = false
        guard let place = ends[end].arriving else {
            nodes[node].bytesWasted += frame.count
            return
        }
        nodes[node].bytesFromPeers += frame.count
        guard place.isLast else { return }
        complete(place, from: end, at: node)
    }
}

import DequeModule
import Swarm

/// Connections between nodes: messages and data frames, in order, over links that many share.
extension World {
    func dialled(_ peer: PeerRecord, _ index: Int, _ epoch: Int) {
        guard nodes[index].epoch == epoch else { return }
        guard let other = nodeIndices[peer.node], nodes[other].isAlive, other != index, !isCut(nodes[index].zone, nodes[other].zone) else {
            return give(.connectFailed(peer.node), to: index)
        }
        let mine = ends.count
        ends.append(LinkEnd(node: index))
        ends.append(LinkEnd(node: other))
        nodes[index].ends.append(mine)
        nodes[other].ends.append(mine + 1)
        give(.connected(LinkEnd.connection(mine), isInitiator: true, expecting: peer.node), to: index)
        give(.connected(LinkEnd.connection(mine + 1), isInitiator: false, expecting: nil), to: other)
    }

    /// Closes one end now; the other hears of it after all that was sent before.
    func close(_ end: LinkEnd.ID) {
        guard ends[end].isOpen else { return }
        shut(end)
        give(.disconnected(LinkEnd.connection(end)), to: ends[end].node)
        schedule(at: arrival(from: end), .closed(LinkEnd.other(end)))
    }

    func peerClosed(_ end: LinkEnd.ID) {
        guard ends[end].isOpen else { return }
        shut(end)
        give(.disconnected(LinkEnd.connection(end)), to: ends[end].node)
    }

    private func shut(_ end: LinkEnd.ID) {
        ends[end].isOpen = false
        ends[end].queue = []
        ends[end].findMilestone(unsent: unsent)
        ends[end].arriving = nil
        ends[end].isArriving = false
        if let flow = ends[end].flow { close(flow) }
        ends[end].flow = nil
        nodes[ends[end].node].ends.removeAll { $0 == end }
    }

    /// When what is sent from here now is at the other end.
    private func arrival(from end: LinkEnd.ID) -> Int64 {
        let (from, to) = (nodes[ends[end].node].zone, nodes[ends[LinkEnd.other(end)].node].zone)
        let time = max(throughAt(from, to) + latency(from, to), ends[end].lastArrival)
        ends[end].lastArrival = time
        return time
    }

    // MARK: Messages

    func send(_ message: PeerMessage, from end: LinkEnd.ID) {
        guard ends[end].isOpen else { return }
        nodes[ends[end].node].controlBytes += message.frameBytes
        let last = ends[end].queue.count - 1
        if last >= 0 {
            ends[end].queue[last].after.append(message)
        } else {
            schedule(at: arrival(from: end), .message(LinkEnd.other(end), message))
        }
    }

    // MARK: Frames

    func upload(_ frame: DataFrame, from end: LinkEnd.ID) {
        guard ends[end].isOpen, nodes[ends[end].node].group.misdeed != .servesNothing else { return }
        ends[end].queued += Double(frame.count)
        ends[end].queue.append(LinkEnd.Pending(frame: frame, end: ends[end].queued))
        ends[end].findMilestone(unsent: unsent)
        if ends[end].queue.count == 1 {
            network.start(flow(from: end), now: queue.now)
            beginFrame(from: end)
        }
        reschedule(.link(end))
    }

    private func flow(from end: LinkEnd.ID) -> FluidNetwork.FlowID {
        if let flow = ends[end].flow { return flow }
        let (sender, receiver) = (nodes[ends[end].node], nodes[ends[LinkEnd.other(end)].node])
        let between = sender.zone == receiver.zone ? [] : [zones[sender.zone].up, zones[receiver.zone].down]
        let flow = open(.link(end), through: ([sender.up] + between + [receiver.down]).compactMap(\.self))
        network.setLimit(flow, lossLimit(sender.zone, receiver.zone))
        ends[end].flow = flow
        return flow
    }

    private func beginFrame(from end: LinkEnd.ID) {
        guard let head = ends[end].queue.first else { return }
        schedule(at: arrival(from: end), .frameBegins(LinkEnd.other(end), head.frame))
    }

    /// Bytes of an end's frames are through: the kernel has more of them, some have arrived.
    func advance(_ end: LinkEnd.ID, sent: Double) {
        var taken = 0
        for index in ends[end].queue.indices where !ends[end].queue[index].isTaken {
            guard ends[end].queue[index].end - unsent <= sent else { break }
            ends[end].queue[index].isTaken = true
            taken += 1
        }
        while !ends[end].queue.isEmpty, ends[end].queue[0].end <= sent { frameIsThrough(ends[end].queue.removeFirst(), from: end) }
        ends[end].findMilestone(unsent: unsent)
        if ends[end].queue.isEmpty, let flow = ends[end].flow { network.stop(flow, now: queue.now) }
        guard queue.step == 0 else { return taken > 0 ? schedule(at: queue.now, .taken(end, frames: taken)) : () }
        takes(end, frames: taken)
    }

    /// The kernel has taken frames of the node.
    func takes(_ end: LinkEnd.ID, frames: Int) {
        for _ in 0..<frames { give(.uploaded(LinkEnd.connection(end)), to: ends[end].node) }
    }

    private func frameIsThrough(_ head: LinkEnd.Pending, from end: LinkEnd.ID) {
        let sender = nodes[ends[end].node]
        sender.bytesSent += head.frame.count
        if sender.zone != nodes[ends[LinkEnd.other(end)].node].zone { crossZoneBytes += head.frame.count }
        schedule(at: arrival(from: end), .frameEnds(LinkEnd.other(end), head.frame))
        for message in head.after { schedule(at: arrival(from: end), .message(LinkEnd.other(end), message)) }
        beginFrame(from: end)
    }

    // MARK: Arriving

    /// How often a node hears that bytes of a long frame come.
    private static let flowInterval = Duration.milliseconds(250)

    func frameBegins(_ end: LinkEnd.ID, _ frame: DataFrame) {
        guard ends[end].isOpen else { return }
        do throws(WireError) {
            ends[end].arriving = try nodes[ends[end].node].policy.accept(frame, from: LinkEnd.connection(end), now: now)
            ends[end].isArriving = true
            ends[end].serial += 1
            let rate = ends[LinkEnd.other(end)].flow.map { network.flows[Int($0)].rate } ?? 0
            guard Double(frame.count) > rate * Self.flowInterval.inSeconds else { return }
            after(Self.flowInterval, .frameFlows(end, serial: ends[end].serial))
        } catch {
            give(.brokeProtocol(LinkEnd.connection(end), error), to: ends[end].node)
        }
    }

    func frameFlows(_ end: LinkEnd.ID, _ serial: Int) {
        guard ends[end].isOpen, ends[end].isArriving, ends[end].serial == serial else { return }
        nodes[ends[end].node].policy.flows(LinkEnd.connection(end), now: now)
        after(Self.flowInterval, .frameFlows(end, serial: serial))
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
        perform(nodes[node].policy.completed(place.digest, piece: place.piece, from: LinkEnd.connection(end), now: now), at: node)
    }
}

import Swarm

/// How connections come about, and the flows of their ends.
extension World {
    func dialled(_ peer: PeerRecord, _ index: Int, _ epoch: Int) {
        guard nodes[index].epoch == epoch else { return }
        guard let other = nodeIndices[peer.node], nodes[other].isAlive, other != index, !isCut(nodes[index].zone, nodes[other].zone) else {
            return give(.connectFailed(peer.node), to: index)
        }
        let mine = ends.count
        let (zone, otherZone) = (nodes[index].zone, nodes[other].zone)
        ends.append(LinkEnd(node: index, peer: other, zone: zone, peerZone: otherZone))
        ends.append(LinkEnd(node: other, peer: index, zone: otherZone, peerZone: zone))
        nodes[index].ends.append(mine)
        nodes[other].ends.append(mine + 1)
        give(.connected(LinkEnd.connection(mine), isInitiator: true, expecting: peer.node), to: index)
        give(.connected(LinkEnd.connection(mine + 1), isInitiator: false, expecting: nil), to: other)
    }

    /// Frames have come or gone at an end.
    func settle(_ end: LinkEnd.ID) {
        ends[end].isUnsettled = false
        guard ends[end].isOpen else { return }
        guard !ends[end].queue.isEmpty else {
            if let flow = ends[end].flow { network.stop(flow, now: queue.now) }
            return
        }
        let flow = flow(from: end)
        network.start(flow, now: queue.now)
        if isStepped { network.setGoal(flow, milestone: ends[end].milestone, end: ends[end].queued) } else { reschedule(flow) }
    }

    func closeFlow(of end: LinkEnd.ID) {
        if let flow = ends[end].flow { close(flow) }
        ends[end].flow = nil
    }

    private func flow(from end: LinkEnd.ID) -> FluidNetwork.FlowID {
        if let flow = ends[end].flow { return flow }
        let (zone, peerZone) = (ends[end].zone, ends[end].peerZone)
        let between = zone == peerZone ? [] : [zones[zone].up, zones[peerZone].down]
        let ports = [nodes[ends[end].node].up] + between + [nodes[ends[end].peer].down]
        let flow = open(.link(end, node: ends[end].node), through: ports.compactMap(\.self))
        network.setLimit(flow, lossLimit(zone, peerZone))
        ends[end].flow = flow
        return flow
    }
}

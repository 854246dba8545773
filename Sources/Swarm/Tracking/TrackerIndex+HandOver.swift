/// Moving a lease from a holder that is well, only slow, without fetching anything twice.
///
/// The holder has asked the origin for more than it has. So it is let bring that, and vouch for it, before the next holder goes on from there.
/// What it told nobody of yet the next holder has from it.
extension TrackerIndex {
    /// The lease is to go to another member as soon as the holder has what it asked for.
    mutating func handOver(_ slot: Int32, to next: Int32, reason: String, _ now: Instant) {
        guard let swarm = swarms[Int(slot)], let lease = swarm.lease, let session = nodes[Int(lease.holder)]?.session,
            let next = nodes[Int(next)]?.record.node
        else { return }
        let deadline = now + settings.handOverPatience
        swarms[Int(slot)]?.lease?.handOver = TrackedSwarm.HandOver(next: next, reason: reason, deadline: deadline)
        actions.append(.send(session, .handOver(swarm.digest)))
        actions.append(.wake(after: settings.handOverPatience))
    }

    /// The holder has brought all that it had asked for, or is waited for no longer.
    mutating func completeHandOver(_ slot: Int32, _ now: Instant) {
        guard let swarm = swarms[Int(slot)], let lease = swarm.lease, let handOver = lease.handOver else { return }
        guard let next = nodeSlots[handOver.next], let node = nodes[Int(next)], let session = node.session, !node.isOffline,
            let index = node.memberships[slot], !swarm.members[Int(index)].isSeed, let holder = nodes[Int(lease.holder)]
        else {
            // Whoever was to go on does not want it any more.
            revokeLease(slot, reason: handOver.reason)
            return seekHolder(slot, now)
        }
        revokeLease(slot, reason: handOver.reason)
        // What comes from other zones comes through gateways.
        guard holder.zone == node.zone else { return self.lease(slot, to: next, now) }
        self.lease(slot, to: next, after: holder.record.node, now)
        // It may not know the holder.
        actions.append(.send(session, .peers(digest: swarm.digest, size: swarm.size, peers: [holder.record])))
    }
}

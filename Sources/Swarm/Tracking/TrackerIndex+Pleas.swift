/// Members that say that they can reach nobody, though the swarm has seeds.
///
/// Whoever is counted as a seed has a session, so it can most likely be reached, and a lease would be one more copy from the origin. So they are
/// told of seeds first. Who has nothing to report of them after `seedPatience` gets the lease after all, and serves those that fare alike.
extension TrackerIndex {
    /// A member that is waited for.
    struct Plea: Sendable {
        let slot: Int32
        let node: Int32
        let dueAt: Instant
    }

    /// Of each swarm so many are listened to at a time: one lease helps all.
    private static let pleasPerSwarm = 8

    mutating func plead(_ node: Int32, for slot: Int32, _ now: Instant) {
        guard !pleas.contains(where: { $0.slot == slot && $0.node == node }), pleas.count(where: { $0.slot == slot }) < Self.pleasPerSwarm
        else { return }
        wait(node, for: slot, now)
    }

    /// The member has gained something, has all of it, or is gone.
    mutating func withdrawPlea(of node: Int32, for slot: Int32) {
        pleas.removeAll { $0.slot == slot && $0.node == node }
    }

    /// Gives the lease to those that were told of seeds long enough ago, and could do nothing with it.
    mutating func grantPleas(_ now: Instant) {
        while let plea = pleas.first, plea.dueAt <= now {
            pleas.removeFirst()
            guard let swarm = swarms[Int(plea.slot)], swarm.lease?.holder != plea.node, !waitsForGateway(swarm, plea.node),
                !swarm.hasYielded(plea.node, within: settings.yieldMemory, now)
            else { continue }
            // Who holds the lease now may help it, or be of no more use than the seeds are.
            if swarm.lease != nil || isAfterOthers(plea, now) {
                wait(plea.node, for: plea.slot, now)
            } else {
                nodes[Int(plea.node)]?.pleaGrantedAt = now
                lease(plea.slot, to: plea.node, now)
            }
        }
    }

    /// Whoever got a lease in this way lately lets those go first that did not: a node that all others have banned reaches nobody, again and again,
    /// and what it fetches is of no use to them.
    private func isAfterOthers(_ plea: Plea, _ now: Instant) -> Bool {
        hadPlea(plea.node, now) && pleas.contains { $0.slot == plea.slot && !hadPlea($0.node, now) }
    }

    private func hadPlea(_ node: Int32, _ now: Instant) -> Bool {
        nodes[Int(node)]?.pleaGrantedAt.map { now - $0 < settings.rateMemory } ?? false
    }

    private mutating func wait(_ node: Int32, for slot: Int32, _ now: Instant) {
        pleas.append(Plea(slot: slot, node: node, dueAt: now + settings.seedPatience))
        actions.append(.wake(after: settings.seedPatience))
    }
}

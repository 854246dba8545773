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
        pleas.append(Plea(slot: slot, node: node, dueAt: now + settings.seedPatience))
        actions.append(.wake(after: settings.seedPatience))
    }

    /// The member has gained something, has all of it, or is gone.
    mutating func withdrawPlea(of node: Int32, for slot: Int32) {
        pleas.removeAll { $0.slot == slot && $0.node == node }
    }

    /// Gives the lease to those that were told of seeds long enough ago, and could do nothing with it.
    mutating func grantPleas(_ now: Instant) {
        while let plea = pleas.first, plea.dueAt <= now {
            pleas.removeFirst()
            guard let swarm = swarms[Int(plea.slot)], !waitsForGateway(swarm, plea.node),
                !swarm.hasYielded(plea.node, within: settings.yieldMemory, now)
            else { continue }
            lease(plea.slot, to: plea.node, now)
        }
    }
}

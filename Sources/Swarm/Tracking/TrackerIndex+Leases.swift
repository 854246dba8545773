/// At most one agent per blob streams from the origin.
extension TrackerIndex {
    /// Gives the lease to the node that asks, at once if it holds no other and nothing speaks against it; else a moment is left for a better one.
    mutating func allot(_ slot: Int32, to node: Int32, _ now: Instant) {
        guard let swarm = swarms[Int(slot)], swarm.lease == nil, nodes[Int(node)]?.isOffline == false else { return }
        if nodes[Int(node)]?.leases == 0 && !isSecondChoice(node, now) || sessions.count == 1 {
            lease(slot, to: node, now)
        } else if swarm.leaseDueAt == nil {
            swarms[Int(slot)]?.leaseDueAt = now + settings.leaseSpread
            due.append(slot)
            actions.append(.wake(after: settings.leaseSpread))
        }
    }

    /// Gives out the leases that have waited long enough.
    mutating func grantDue(_ now: Instant) {
        while let slot = due.first, let dueAt = swarms[Int(slot)]?.leaseDueAt, dueAt <= now {
            due.removeFirst()
            swarms[Int(slot)]?.leaseDueAt = nil
            seekHolder(slot, now)
        }
    }

    /// Gives the lease to a node.
    ///
    /// - Parameter earlier: who held it until now, if that node goes on serving what it has.
    mutating func lease(_ slot: Int32, to node: Int32, after earlier: NodeID? = nil, _ now: Instant) {
        guard let swarm = swarms[Int(slot)], swarm.lease == nil, let holder = nodes[Int(node)], !holder.isOffline,
            let session = holder.session
        else { return }
        var lease = TrackedSwarm.Lease(holder: node, progressAt: now, newsAt: now)
        for member in swarm.members where member.node != node { lease.mostElsewhere = max(lease.mostElsewhere, Int(member.pieces)) }
        swarms[Int(slot)]?.lease = lease
        if swarm.leaseDueAt != nil {
            swarms[Int(slot)]?.leaseDueAt = nil
            due.removeAll { $0 == slot }
        }
        leased.append(slot)
        nodes[Int(node)]?.leases += 1
        let prefix = holder.memberships[slot].map { Int(swarm.members[Int($0)].prefix) } ?? 0
        actions.append(.send(session, .lease(swarm.digest, after: earlier)))
        actions.append(.remember(.swarm(swarm.digest)))
        actions.append(.report(.leased(swarm.digest, holder.record.node, prefix: prefix)))
        feeds(slot, node, now)
    }

    mutating func endLease(_ slot: Int32) {
        guard let lease = swarms[Int(slot)]?.lease, let digest = swarms[Int(slot)]?.digest else { return }
        tellNews(of: slot)
        nodes[Int(lease.holder)]?.leases -= 1
        forgetRate(of: lease)
        swarms[Int(slot)]?.lease = nil
        swarms[Int(slot)]?.yields = []
        leased.removeAll { $0 == slot }
        actions.append(.remember(.swarm(digest)))
    }

    /// Takes the lease from its holder and gives it to the member with the longest verified prefix, if there is another one.
    mutating func moveLease(_ slot: Int32, reason: String, _ now: Instant) {
        guard let swarm = swarms[Int(slot)], let lease = swarm.lease else { return }
        guard let next = successor(swarm, besides: lease.holder, now) else {
            // Nobody else wants it: a slow holder is better than none.
            swarms[Int(slot)]?.lease?.progressAt = now
            swarms[Int(slot)]?.lease?.newsAt = now
            if nodes[Int(lease.holder)]?.memberships[slot] == nil { endLease(slot) }
            return
        }
        revokeLease(slot, reason: reason)
        self.lease(slot, to: next, now)
    }

    /// Takes the lease from its holder.
    mutating func revokeLease(_ slot: Int32, reason: String) {
        guard let swarm = swarms[Int(slot)], let lease = swarm.lease else { return }
        endLease(slot)
        guard let holder = nodes[Int(lease.holder)] else { return }
        actions.append(.report(.leaseLost(swarm.digest, holder.record.node, reason: reason)))
        if let session = holder.session { actions.append(.send(session, .revoke(swarm.digest))) }
    }

    /// A swarm whose members all want and none holds needs somebody at the origin.
    mutating func seekHolder(_ slot: Int32, _ now: Instant) {
        guard let swarm = swarms[Int(slot)], swarm.lease == nil, swarm.seeds == 0, let next = successor(swarm, besides: -1, now) else {
            return
        }
        lease(slot, to: next, now)
    }

    private func successor(_ swarm: TrackedSwarm, besides node: Int32, _ now: Instant) -> Int32? {
        var best: (node: Int32, isSecond: Bool, prefix: UInt32, leases: Int)?
        for member in swarm.members where !member.isSeed && member.node != node {
            guard let candidate = nodes[Int(member.node)], candidate.session != nil, !candidate.isOffline,
                !swarm.hasYielded(member.node, within: settings.yieldMemory, now)
            else { continue }
            let isSecond = isSecondChoice(member.node, now)
            if let best {
                // Whoever is near the origin and not slow, then whoever has most, then whoever has fewest leases.
                guard best.isSecond || !isSecond else { continue }
                if best.isSecond == isSecond, (best.prefix, -best.leases) >= (member.prefix, -candidate.leases) { continue }
            }
            best = (member.node, isSecond, member.prefix, candidate.leases)
        }
        return best?.node
    }

    /// The holder gives up. After a few such the origin is not to be had by anyone, and everybody is told.
    mutating func yield(_ digest: Digest, _ reason: String, _ node: Int32, _ now: Instant) {
        guard let slot = swarmSlots[digest], let swarm = swarms[Int(slot)], swarm.lease?.holder == node else { return }
        guard swarm.lease?.handOver == nil else { return completeHandOver(slot, now) }
        var yields = swarm.yields.filter { now - $0.at < settings.yieldMemory }
        yields.append(TrackedSwarm.Yield(node: node, at: now))
        endLease(slot)
        swarms[Int(slot)]?.yields = yields
        if let id = nodes[Int(node)]?.record.node { actions.append(.report(.leaseLost(digest, id, reason: reason))) }
        if yields.count < settings.yieldLimit, let current = swarms[Int(slot)], let next = successor(current, besides: node, now) {
            lease(slot, to: next, now)
            return
        }
        actions.append(.report(.unavailable(digest, reason: reason)))
        let sessions = swarm.members.compactMap { $0.isSeed ? nil : nodes[Int($0.node)]?.session }
        tell(sessions, .unavailable(digest: digest, reason: reason))
    }

    // MARK: Chain states

    /// The lease holder tells its progress; everybody who downloads hears it. Nobody else is believed: a seed that nobody vouched for could
    /// have any chain.
    mutating func vouch(_ digest: Digest, _ size: UInt64, _ list: StateList, _ node: Int32, _ now: Instant) {
        guard let slot = swarmSlots[digest], let index = nodes[Int(node)]?.memberships[slot] else { return }
        guard let lease = swarms[Int(slot)]?.lease, lease.holder == node else { return }
        swarms[Int(slot)]?.lease?.progressAt = now
        swarms[Int(slot)]?.members[Int(index)].prefix = UInt32(clamping: list.end - 1)
        // States of a blob of another size are states of nothing.
        if let known = swarms[Int(slot)]?.size, known != size {
            swarms[Int(slot)]?.states = StateList(digest.algorithm)
            forgetRate(of: lease)
            swarms[Int(slot)]?.lease?.pace = nil
        }
        swarms[Int(slot)]?.size = size
        let news = merge(list, into: slot)
        if !news.isEmpty { swarms[Int(slot)]?.lease?.newsAt = now }
        actions.append(.remember(.swarm(digest)))
        passOn(news, of: slot, now)
        noteOffer(slot, now)
        measure(slot, now)
    }

    /// Extends the list; where the holder now says otherwise, what it says now counts.
    ///
    /// - Returns: what members have to be told.
    private mutating func merge(_ list: StateList, into slot: Int32) -> StateList {
        guard let known = swarms[Int(slot)]?.states, list.first <= known.end else { return list.slice(0..<0) }
        var merged = known
        var firstNew = list.first
        while firstNew < min(list.end, known.end), known[firstNew] == list[firstNew] { firstNew += 1 }
        guard firstNew < list.end else { return StateList(list.algorithm, first: max(1, list.end)) }
        merged.truncate(from: firstNew)
        for index in firstNew..<list.end { if let state = list[index] { merged.append(state) } }
        swarms[Int(slot)]?.states = merged
        return list.slice(firstNew..<list.end)
    }

    func states(_ swarm: TrackedSwarm, _ size: UInt64, from first: Int) -> [TrackerReply] {
        let most = WireLimits.stateBytesPerMessage / swarm.digest.algorithm.byteCount
        return stride(from: first, to: swarm.states.end, by: most).map { index in
            let part = swarm.states.slice(index..<min(index + most, swarm.states.end))
            return .states(digest: swarm.digest, size: size, first: UInt32(part.first), states: part.bytes)
        }
    }

    mutating func sendStates(_ swarm: TrackedSwarm, _ size: UInt64, from first: Int, to session: SessionID) {
        for reply in states(swarm, size, from: first) { actions.append(.send(session, reply)) }
    }
}

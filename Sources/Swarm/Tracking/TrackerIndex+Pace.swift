/// Moving a lease from a holder whose way to the origin is slow.
///
/// A lease that goes on cannot be told from one that could go on faster, except by others': what they brought lately, or, while nobody's
/// rate is known, by letting one of them try. The origin is idle while one hands over to the other, so moves are few.
extension TrackerIndex {
    /// The holder has vouched: measures it, and has another member go on if that one is known, or may turn out, to be much faster.
    mutating func measure(_ slot: Int32, _ now: Instant) {
        guard let swarm = swarms[Int(slot)], let lease = swarm.lease, lease.handOver == nil,
            let layout = swarm.size.flatMap({ PieceLayout(blobSize: $0) })
        else { return }
        let pieces = swarm.states.end - 1
        guard var pace = lease.pace else {
            swarms[Int(slot)]?.lease?.pace = LeasePace(pieces: pieces, pieceLength: layout.pieceLength, now: now)
            return
        }
        let before = pace.rate ?? 0
        if pace.note(pieces, trial: settings.leaseTrial, now: now) {
            swarms[Int(slot)]?.lease?.pace = pace
            noteRate(pace.rate ?? 0, instead: before, of: swarm, now)
        }
        guard now - (lease.judgedAt ?? .zero) >= settings.leaseTrial / 2,
            let rate = pace.most(pieces, trial: settings.leaseTrial, now: now)
        else { return }
        swarms[Int(slot)]?.lease?.judgedAt = now
        let rest = Double(layout.blobSize) - Double(pieces) * Double(layout.pieceLength)
        let secondsLeft = rest / Double(max(rate, 1))
        guard secondsLeft >= settings.leaseWorthMoving.inSeconds, let current = swarms[Int(slot)] else { return }
        let mayExplore = secondsLeft >= settings.leaseWorthExploring.inSeconds && pace.age(now) >= settings.leaseTrial * 4
        guard let next = fasterMember(of: current, than: rate, mayExplore: mayExplore, now), let holder = nodes[Int(lease.holder)] else {
            return
        }
        swarms[Int(slot)]?.slowHolders.append(holder.record.node)
        // Its first window may not have ended.
        nodes[Int(lease.holder)]?.originRate.note(max(rate, holder.leasedRate), memory: settings.rateMemory, now: now)
        // What others bring is to be seen first.
        isOriginIdle = false
        handOver(slot, to: next, reason: "it brings \(rate) bytes a second, and others may be faster", now)
    }

    /// A lease's rate is no part of the sum any more.
    mutating func forgetRate(of lease: TrackedSwarm.Lease) {
        let rate = lease.pace?.rate ?? 0
        nodes[Int(lease.holder)]?.leasedRate -= rate
        leasedRate -= rate
    }

    private mutating func noteRate(_ rate: Int, instead before: Int, of swarm: TrackedSwarm, _ now: Instant) {
        guard let holder = swarm.lease?.holder else { return }
        leasedRate += rate - before
        bestLeasedRate.note(leasedRate, memory: settings.rateMemory, now: now)
        isOriginIdle = leasedRate * 2 <= bestLeasedRate.best(within: settings.rateMemory, now: now) ?? 0
        nodes[Int(holder)]?.leasedRate += rate - before
        let sum = nodes[Int(holder)]?.leasedRate ?? 0
        nodes[Int(holder)]?.originRate.note(sum, memory: settings.rateMemory, now: now)
        // Now it is certain whose fault it was.
        for slow in swarm.slowHolders.compactMap({ nodeSlots[$0] }) where slow != holder {
            guard let known = nodes[Int(slow)]?.originRate.best(within: settings.rateMemory, now: now), known * settings.leaseFactor <= rate
            else { continue }
            nodes[Int(slow)]?.slowUntil = now + settings.rateMemory
        }
    }

    /// Whether the node lost a lease not long ago, to one that brought much more (`leaseFactor`) or because nobody got anything of it.
    func isSlow(_ node: Int32, _ now: Instant) -> Bool {
        nodes[Int(node)]?.slowUntil.map { $0 > now } ?? false
    }

    /// Whether the node is slow, or far from the origin while others are near it.
    func isSecondChoice(_ node: Int32, _ now: Instant) -> Bool {
        if isSlow(node, now) { return true }
        guard let originZone, zones[originZone] != nil else { return false }
        return nodes[Int(node)]?.zone != originZone
    }

    /// A member that would bring much more (`leaseFactor`); or, if nobody's rate is known and this is the only lease, one that might.
    private func fasterMember(of swarm: TrackedSwarm, than rate: Int, mayExplore: Bool, _ now: Instant) -> Int32? {
        guard let lease = swarm.lease, swarm.slowHolders.count <= settings.leaseMoves else { return nil }
        // After the last move it may only go back to whom it was taken from by mistake.
        let isLast = swarm.slowHolders.count == settings.leaseMoves
        var isAnyRateKnown = false
        var faster: (node: Int32, rate: Int)?
        var unknown: (node: Int32, prefix: UInt32, leases: Int)?
        for member in swarm.members where !member.isSeed && member.node != lease.holder {
            guard let node = nodes[Int(member.node)], node.session != nil, !node.isOffline, !isSlow(member.node, now),
                !swarm.hasYielded(member.node, within: settings.yieldMemory, now), !isLast || swarm.slowHolders.contains(node.record.node)
            else { continue }
            guard let seen = node.originRate.best(within: settings.rateMemory, now: now) else {
                if let unknown, (unknown.prefix, -unknown.leases) >= (member.prefix, -node.leases) { continue }
                unknown = (member.node, member.prefix, node.leases)
                continue
            }
            isAnyRateKnown = true
            // While all leases together bring about as much as ever, the origin is what limits them, and what it gives to one it takes from
            // the others. One that fetches now shows what the origin gives while it serves us all; it would have to share that with one more.
            let expected = isOriginIdle ? (node.leasedRate > 0 ? node.leasedRate : seen) / (node.leases + 1) : 0
            if expected / settings.leaseFactor >= rate, expected > faster?.rate ?? 0 { faster = (member.node, expected) }
        }
        if let faster { return faster.node }
        guard mayExplore, !isLast, !isAnyRateKnown, leased.count == 1 else { return nil }
        return unknown?.node
    }
}

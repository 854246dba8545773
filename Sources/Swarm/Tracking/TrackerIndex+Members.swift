/// Joining and leaving swarms.
extension TrackerIndex {
    mutating func join(_ join: JoinRequest, _ node: Int32, _ session: SessionID, _ now: Instant) throws(WireError) {
        try checkRoom(node)
        countJoin()
        let slot = swarm(join.digest)
        let asksAgain = nodes[Int(node)]?.memberships[slot] != nil
        enlist(node, in: slot, prefix: join.prefix, isSeed: false)
        guard let swarm = swarms[Int(slot)] else { return }
        // Whoever asks again does not fare well with the peers that it has. After a restart of the tracker everybody asks again.
        let isWide = (join.isAlone || asksAgain && settlingUntil == nil) && mayLookBeyond(slot, node, now)
        let peers = handout(slot, to: node, isWide: isWide, seedsFirst: join.isAlone)
        actions.append(.send(session, .peers(digest: join.digest, size: swarm.size, peers: peers)))
        if let size = swarm.size { sendStates(swarm, size, from: 1, to: session) }
        if let lease = swarm.lease {
            if lease.holder == node {
                swarms[Int(slot)]?.lease?.progressAt = now
                if !join.holdsLease { actions.append(.send(session, .lease(join.digest))) }
            } else if join.holdsLease {
                actions.append(.send(session, .revoke(join.digest)))
            }
        } else if join.prefix > 0, !join.holdsLease, !join.isAlone, settlingUntil != nil {
            // Somebody brought it that far.
        } else if join.holdsLease {
            lease(slot, to: node, now)
        } else if nodes[Int(node)]?.isOffline == true {
            // It waits for somebody who may ask the origin, unless it has waited already.
            if join.isAlone, swarm.seeds == 0 {
                actions.append(.send(session, .unavailable(digest: join.digest, reason: "nobody has it, and who wants it is offline")))
            }
        } else if !swarm.hasYielded(node, within: settings.yieldMemory, now) {
            if swarm.seeds > 0 {
                if join.isAlone { plead(node, for: slot, now) }
            } else if join.isAlone, !waitsForGateway(swarm, node) {
                lease(slot, to: node, now)
            } else {
                allot(slot, to: node, now)
            }
        }
        if !asksAgain { introduce(node, in: slot) }
        seekGateway(slot, joiner: node, now)
    }

    mutating func announce(_ blob: HeldBlob, _ node: Int32, _ now: Instant) throws(WireError) {
        try checkRoom(node)
        let slot = swarm(blob.digest)
        let isNew = nodes[Int(node)]?.memberships[slot] == nil
        let wasFed = swarms[Int(slot)].map { isFed($0, nodes[Int(node)]?.zone ?? ZoneKey("")) } ?? false
        enlist(node, in: slot, prefix: 0, isSeed: true)
        withdrawPlea(of: node, for: slot)
        resign(node, in: slot)
        if !wasFed { feeds(slot, node, now) } else if isNew { introduce(node, in: slot) }
        if swarms[Int(slot)]?.size == nil { swarms[Int(slot)]?.size = blob.size }
        actions.append(.remember(.swarm(blob.digest)))
        if swarms[Int(slot)]?.lease?.holder == node {
            endLease(slot)
            swarms[Int(slot)]?.slowHolders = []
            swarms[Int(slot)]?.uselessHolders = 0
        }
    }

    mutating func leave(_ digest: Digest, _ node: Int32, _ now: Instant) {
        guard let slot = swarmSlots[digest], let zone = nodes[Int(node)]?.zone else { return }
        dismiss(node, from: slot)
        if swarms[Int(slot)]?.lease?.holder == node { moveLease(slot, reason: "its holder does not want the blob any more", now) }
        seekHolder(slot, now)
        seekGateway(slot, for: zone, now)
        tidy(slot)
    }

    mutating func progress(_ digest: Digest, _ prefix: UInt32, _ pieces: UInt32, _ node: Int32, _ now: Instant) {
        guard let slot = swarmSlots[digest], let index = nodes[Int(node)]?.memberships[slot] else { return }
        withdrawPlea(of: node, for: slot)
        if swarms[Int(slot)]?.members[Int(index)].pieces ?? 0 < pieces { noteGain(slot, node, pieces: Int(pieces), now) }
        swarms[Int(slot)]?.members[Int(index)].prefix = prefix
        swarms[Int(slot)]?.members[Int(index)].pieces = pieces
    }

    private func checkRoom(_ node: Int32) throws(WireError) {
        guard nodes[Int(node)]?.memberships.count ?? 0 < settings.blobsPerNode else { throw .overLimit(what: "blobs of one node") }
    }

    mutating func enlist(_ node: Int32, in slot: Int32, prefix: UInt32, isSeed: Bool) {
        guard let digest = swarms[Int(slot)]?.digest, let id = nodes[Int(node)]?.record.node, let zone = nodes[Int(node)]?.zone else {
            return
        }
        var member = TrackedSwarm.Member(node: node, prefix: prefix, pieces: prefix, isSeed: isSeed, zone: zone)
        if let index = nodes[Int(node)]?.memberships[slot] {
            let was = swarms[Int(slot)]?.members[Int(index)].isSeed == true
            member.namings = swarms[Int(slot)]?.members[Int(index)].namings ?? 0
            swarms[Int(slot)]?.members[Int(index)] = member
            swarms[Int(slot)]?.seeds += (isSeed ? 1 : 0) - (was ? 1 : 0)
            if was == isSeed { return }
        } else {
            nodes[Int(node)]?.memberships[slot] = Int32(swarms[Int(slot)]?.members.count ?? 0)
            swarms[Int(slot)]?.members.append(member)
            swarms[Int(slot)]?.seeds += isSeed ? 1 : 0
            memberCount += 1
        }
        actions.append(.remember(.member(digest, id, isSeed: isSeed)))
    }

    mutating func dismiss(_ node: Int32, from slot: Int32) {
        guard let index = nodes[Int(node)]?.memberships.removeValue(forKey: slot), let digest = swarms[Int(slot)]?.digest,
            let id = nodes[Int(node)]?.record.node, let member = swarms[Int(slot)]?.members[Int(index)]
        else { return }
        if member.isSeed { swarms[Int(slot)]?.seeds -= 1 }
        withdrawPlea(of: node, for: slot)
        resign(node, in: slot)
        let last = (swarms[Int(slot)]?.members.count ?? 1) - 1
        if Int(index) != last, let moved = swarms[Int(slot)]?.members[last] {
            swarms[Int(slot)]?.members[Int(index)] = moved
            nodes[Int(moved.node)]?.memberships[slot] = index
        }
        swarms[Int(slot)]?.members.removeLast()
        memberCount -= 1
        actions.append(.remember(.forgetMember(digest, id)))
    }

    // MARK: Handout

    /// Members of its own zone for a node to connect to, at random, so that the graph is well mixed, though not by chance alone, or the first of
    /// a crowd would have five times as many peers as the last, which would wait for theirs; and as many of other zones for one that
    /// is a gateway, or that fares badly. One that reaches nobody hears of seeds before it hears of others.
    private mutating func handout(_ slot: Int32, to node: Int32, isWide: Bool, seedsFirst: Bool) -> [PeerRecord] {
        guard let swarm = swarms[Int(slot)], let zone = nodes[Int(node)]?.zone else { return [] }
        var chosen: [Int32] = []
        for isNear in isWide ? [true, false] : [true] {
            let seeds =
                seedsFirst && swarm.seeds > 0 ? sample(swarm.members, settings.handout) { $0.isSeed && ($0.zone == zone) == isNear } : []
            let known = Set(seeds)
            chosen +=
                seeds
                + sample(swarm.members, settings.handout - seeds.count) {
                    $0.node != node && ($0.zone == zone) == isNear && !known.contains($0.node)
                }
        }
        return name(chosen, in: slot)
    }

    /// Counts how often members are named. In a crowd not how often the one is that fetches the blob, so that it is named to more of those who come
    /// late: all wait for what it has. A few nodes are near it anyway, and it would only have to decline more of what they ask for.
    ///
    /// - Returns: the members' records, for one that is told of them.
    mutating func name(_ members: [Int32], in slot: Int32) -> [PeerRecord] {
        let isCrowd = swarms[Int(slot)]?.members.count ?? 0 > settings.crowd
        let holder = isCrowd ? swarms[Int(slot)]?.lease?.holder : nil
        for node in members where node != holder {
            guard let index = nodes[Int(node)]?.memberships[slot] else { continue }
            // Whoever joins again and again must not make it overflow.
            swarms[Int(slot)]?.members[Int(index)].namings &+= 1
        }
        return members.compactMap { nodes[Int($0)]?.record }
    }

    /// Random members of a kind: of two that come up, the one that was named less often if it has got as much ("the power of two choices",
    /// Mitzenmacher 2001). Where many are of the kind this costs the same for ten members and for ten thousand.
    mutating func sample(
        _ members: [TrackedSwarm.Member], _ count: Int, where isFit: (TrackedSwarm.Member) -> Bool
    ) -> [Int32] {
        var chosen: [Int32] = []
        if members.count > count + 1 {
            for _ in 0..<4 * count where chosen.count < count {
                var member = members[Int(random.next(upperBound: UInt64(members.count)))]
                let other = members[Int(random.next(upperBound: UInt64(members.count)))]
                if other.isNamedBefore(member), isFit(other) { member = other }
                if isFit(member), !chosen.contains(member.node) { chosen.append(member.node) }
            }
        }
        guard chosen.count < count else { return chosen }
        // Few are of the kind.
        var others = members.filter { isFit($0) && !chosen.contains($0.node) }.map(\.node)
        others.shuffle(using: &random)
        return chosen + others.prefix(count - chosen.count)
    }
}

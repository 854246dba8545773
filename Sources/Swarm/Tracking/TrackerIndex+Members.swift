/// Joining and leaving swarms.
extension TrackerIndex {
    mutating func join(_ join: JoinRequest, _ node: Int32, _ session: SessionID, _ now: Instant) throws(WireError) {
        try checkRoom(node)
        countJoin()
        let slot = swarm(join.digest)
        enlist(node, in: slot, prefix: join.prefix, isSeed: false)
        guard let swarm = swarms[Int(slot)] else { return }
        actions.append(.send(session, .peers(digest: join.digest, size: swarm.size, peers: handout(slot, to: node))))
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
        } else if !swarm.hasYielded(node, within: settings.yieldMemory, now) {
            if join.isAlone { lease(slot, to: node, now) } else if swarm.seeds == 0 { allot(slot, to: node, now) }
        }
    }

    mutating func announce(_ blob: HeldBlob, _ node: Int32, _ now: Instant) throws(WireError) {
        try checkRoom(node)
        let slot = swarm(blob.digest)
        enlist(node, in: slot, prefix: 0, isSeed: true)
        if swarms[Int(slot)]?.size == nil { swarms[Int(slot)]?.size = blob.size }
        actions.append(.remember(.swarm(blob.digest)))
        if swarms[Int(slot)]?.lease?.holder == node {
            endLease(slot)
            swarms[Int(slot)]?.slowHolders = []
        }
    }

    mutating func leave(_ digest: Digest, _ node: Int32, _ now: Instant) {
        guard let slot = swarmSlots[digest] else { return }
        dismiss(node, from: slot)
        if swarms[Int(slot)]?.lease?.holder == node { moveLease(slot, reason: "its holder does not want the blob any more", now) }
        seekHolder(slot, now)
        tidy(slot)
    }

    mutating func progress(_ digest: Digest, _ prefix: UInt32, _ node: Int32) {
        guard let slot = swarmSlots[digest], let index = nodes[Int(node)]?.memberships[slot] else { return }
        swarms[Int(slot)]?.members[Int(index)].prefix = prefix
    }

    private func checkRoom(_ node: Int32) throws(WireError) {
        guard nodes[Int(node)]?.memberships.count ?? 0 < settings.blobsPerNode else { throw .overLimit(what: "blobs of one node") }
    }

    mutating func enlist(_ node: Int32, in slot: Int32, prefix: UInt32, isSeed: Bool) {
        guard let digest = swarms[Int(slot)]?.digest, let id = nodes[Int(node)]?.record.node else { return }
        if let index = nodes[Int(node)]?.memberships[slot] {
            let was = swarms[Int(slot)]?.members[Int(index)].isSeed == true
            swarms[Int(slot)]?.members[Int(index)] = TrackedSwarm.Member(node: node, prefix: prefix, isSeed: isSeed)
            swarms[Int(slot)]?.seeds += (isSeed ? 1 : 0) - (was ? 1 : 0)
            if was == isSeed { return }
        } else {
            nodes[Int(node)]?.memberships[slot] = Int32(swarms[Int(slot)]?.members.count ?? 0)
            swarms[Int(slot)]?.members.append(TrackedSwarm.Member(node: node, prefix: prefix, isSeed: isSeed))
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

    /// Members for a node to connect to: half of them of its own zone where there are such, the rest at random, so that the graph
    /// is well mixed and zones stay linked. Sampling costs the same for ten members and for ten thousand.
    func handoutSlots(_ slot: Int32, to node: Int32, using random: inout SeededGenerator) -> [Int32] {
        guard let swarm = swarms[Int(slot)], let zone = nodes[Int(node)]?.record.zone else { return [] }
        let members = swarm.members
        var chosen: [Int32] = []
        func take(_ index: Int, inZone: Bool) {
            let candidate = members[index].node
            guard candidate != node, !chosen.contains(candidate), !inZone || nodes[Int(candidate)]?.record.zone == zone else { return }
            chosen.append(candidate)
        }
        if members.count <= settings.handout + 1 {
            for index in members.indices { take(index, inZone: false) }
            chosen.shuffle(using: &random)
            return chosen
        }
        for (goal, inZone) in [(settings.handout / 2, true), (settings.handout, false)] {
            var tries = settings.handout * 4
            while chosen.count < goal, tries > 0 {
                tries -= 1
                take(Int(random.next(upperBound: UInt64(members.count))), inZone: inZone)
            }
        }
        return chosen
    }

    private mutating func handout(_ slot: Int32, to node: Int32) -> [PeerRecord] {
        handoutSlots(slot, to: node, using: &random).compactMap { nodes[Int($0)]?.record }
    }
}

/// What crosses between zones.
///
/// A zone in which somebody holds the blob, or fetches it from the origin, is fed. In every other one a single member, its gateway for this
/// blob, is told of peers elsewhere, and the rest get from it and from one another what it brings: one copy goes into the zone. The others hear
/// of nobody elsewhere, and ask nothing of a gateway of another zone that they serve, so nothing comes back. A member that does not fare well
/// asks again, and is then told of peers everywhere, if few others of its zone just were.
extension TrackerIndex {
    /// Sees to it that the zone of a node that has joined has a gateway, if it needs one: this node, unless it is one for other blobs
    /// already; then a moment is left for one that is not.
    mutating func seekGateway(_ slot: Int32, joiner node: Int32, _ now: Instant) {
        guard let joiner = nodes[Int(node)], needsGateway(slot, joiner.zone) else { return }
        if joiner.gateways == 0 && joiner.leases == 0 && !isSlow(node, now) || zones[joiner.zone] == 1 {
            appoint(node, in: slot, now)
        } else if !gatewaysDue.contains(where: { $0.slot == slot && $0.zone == joiner.zone }) {
            gatewaysDue.append((slot, joiner.zone, now + settings.leaseSpread))
            actions.append(.wake(after: settings.leaseSpread))
        }
    }

    /// Appoints a gateway at once, if the zone needs one: its gateway, or who fed it, is gone.
    mutating func seekGateway(_ slot: Int32, for zone: ZoneKey, _ now: Instant) {
        if needsGateway(slot, zone), let next = nextGateway(slot, zone, now) { appoint(next, in: slot, now) }
    }

    /// Appoints the gateways that were waited for long enough, and has those go to the lease holder that found nobody else.
    mutating func appointDue(_ now: Instant) {
        while let first = gatewaysDue.first, first.at <= now {
            gatewaysDue.removeFirst()
            seekGateway(first.slot, for: first.zone, now)
            for (index, gateway) in (swarms[Int(first.slot)]?.gateways ?? []).enumerated() where gateway.zone == first.zone {
                tell(gateway: index, of: first.slot, mayNameHolder: true, now)
            }
        }
    }

    /// Gives zones whose gateway falls far behind members elsewhere another one: either its link is slow, which the other one's need not be,
    /// or the way into the zone is, and then they divide what comes over it, though they bring some parts twice.
    mutating func reinforceGateways(_ now: Instant) {
        for slot in gated {
            guard let swarm = swarms[Int(slot)], let layout = swarm.size.flatMap({ PieceLayout(blobSize: $0) }) else { continue }
            for gateway in swarm.gateways where now - gateway.since >= settings.gatewayTrial {
                guard swarm.gateways.count(where: { $0.zone == gateway.zone }) < settings.gatewaysPerZone,
                    let index = nodes[Int(gateway.node)]?.memberships[slot]
                else { continue }
                let reached = Int(swarm.members[Int(index)].pieces)
                let isBehind = swarm.members.contains {
                    guard $0.zone != gateway.zone, $0.node != swarm.lease?.holder else { return false }
                    return ($0.isSeed ? layout.pieceCount : Int($0.pieces)) / settings.gatewayFactor > reached
                }
                if isBehind, let next = nextGateway(slot, gateway.zone, now) { appoint(next, in: slot, now) }
            }
        }
    }

    /// Whether a member that fares badly is told of peers elsewhere. Where nothing comes into a zone all of its members fare so at once, and each
    /// would bring the blob in: a few do.
    mutating func mayLookBeyond(_ slot: Int32, _ node: Int32, _ now: Instant) -> Bool {
        guard zones.count > 1, let swarm = swarms[Int(slot)], let zone = nodes[Int(node)]?.zone else { return true }
        var lookouts = swarm.lookouts.filter { now - $0.since < settings.gatewayTrial }
        guard !swarm.gateways.contains(where: { $0.node == node }), !lookouts.contains(where: { $0.node == node }) else { return true }
        guard lookouts.count(where: { $0.zone == zone }) < settings.gatewaysPerZone else { return false }
        lookouts.append(TrackedSwarm.Lookout(node: node, zone: zone, since: now))
        swarms[Int(slot)]?.lookouts = lookouts
        return true
    }

    /// A node is a gateway no more: it has all of the blob, or is gone.
    mutating func resign(_ node: Int32, in slot: Int32) {
        guard let index = swarms[Int(slot)]?.gateways.firstIndex(where: { $0.node == node }) else { return }
        swarms[Int(slot)]?.gateways.remove(at: index)
        nodes[Int(node)]?.gateways -= 1
        if swarms[Int(slot)]?.gateways.isEmpty == true { gated.removeAll { $0 == slot } }
    }

    /// Gateways of other zones that know few peers are told of a new member.
    mutating func introduce(_ node: Int32, in slot: Int32) {
        guard let swarm = swarms[Int(slot)], !swarm.gateways.isEmpty, let member = nodes[Int(node)], node != swarm.lease?.holder else {
            return
        }
        let isFed = isFed(swarm, member.zone)
        for (index, gateway) in swarm.gateways.enumerated() where gateway.zone != member.zone {
            // Half of its peers are to be in a fed zone.
            guard gateway.told < (isFed ? settings.handout : settings.handout / 2) || isFed && !gateway.knowsFed else { continue }
            guard let session = nodes[Int(gateway.node)]?.session else { continue }
            swarms[Int(slot)]?.gateways[index].told += 1
            if isFed { swarms[Int(slot)]?.gateways[index].knowsFed = true }
            actions.append(.send(session, .peers(digest: swarm.digest, size: swarm.size, peers: [member.record])))
        }
    }

    /// A node fetches the blob from the origin now, or has it: its zone is fed by it, gateways elsewhere may turn there, and zones that are
    /// fed no more, or could not be until now, get gateways.
    mutating func feeds(_ slot: Int32, _ node: Int32, _ now: Instant) {
        guard zones.count > 1, let swarm = swarms[Int(slot)], let zone = nodes[Int(node)]?.zone else { return }
        for index in swarm.gateways.indices where swarm.gateways[index].zone != zone {
            tell(gateway: index, of: slot, mayNameHolder: false, now)
        }
        var seen: Set<ZoneKey> = [zone]
        for member in swarm.members where seen.insert(member.zone).inserted {
            if !gatewaysDue.contains(where: { $0.slot == slot && $0.zone == member.zone }) { seekGateway(slot, for: member.zone, now) }
        }
    }

    /// Whether somebody else brings the blob into the node's zone.
    func waitsForGateway(_ swarm: TrackedSwarm, _ node: Int32) -> Bool {
        guard let zone = nodes[Int(node)]?.zone else { return false }
        return swarm.gateways.contains { $0.zone == zone } && !swarm.gateways.contains { $0.node == node }
    }

    private func needsGateway(_ slot: Int32, _ zone: ZoneKey) -> Bool {
        guard zones.count > 1, let swarm = swarms[Int(slot)], !swarm.gateways.contains(where: { $0.zone == zone }) else { return false }
        return !isFed(swarm, zone)
    }

    func isFed(_ swarm: TrackedSwarm, _ zone: ZoneKey) -> Bool {
        if let holder = swarm.lease?.holder, nodes[Int(holder)]?.zone == zone { return true }
        return swarm.seeds > 0 && swarm.members.contains { $0.isSeed && $0.zone == zone }
    }

    /// The member of a zone that is best suited: not slow, with the fewest offices, with the longest prefix.
    private func nextGateway(_ slot: Int32, _ zone: ZoneKey, _ now: Instant) -> Int32? {
        guard let swarm = swarms[Int(slot)] else { return nil }
        var best: (node: Int32, isSlow: Bool, offices: Int, prefix: UInt32)?
        for member in swarm.members where member.zone == zone && !member.isSeed {
            guard let node = nodes[Int(member.node)], node.session != nil, !swarm.gateways.contains(where: { $0.node == member.node })
            else {
                continue
            }
            let (isSlow, offices) = (isSlow(member.node, now), node.gateways + node.leases)
            if let best {
                guard best.isSlow || !isSlow else { continue }
                if best.isSlow == isSlow, (-best.offices, best.prefix) >= (-offices, member.prefix) { continue }
            }
            best = (member.node, isSlow, offices, member.prefix)
        }
        return best?.node
    }

    private mutating func appoint(_ node: Int32, in slot: Int32, _ now: Instant) {
        guard let zone = nodes[Int(node)]?.zone, let index = swarms[Int(slot)]?.gateways.count else { return }
        if index == 0 { gated.append(slot) }
        swarms[Int(slot)]?.gateways.append(TrackedSwarm.Gateway(node: node, zone: zone, since: now))
        nodes[Int(node)]?.gateways += 1
        tell(gateway: index, of: slot, mayNameHolder: false, now)
    }

    /// Tells a gateway of as many members of other zones as it lacks: half of them in fed zones, if there are such, the rest anywhere.
    ///
    /// The lease holder is not among them as long as there is anybody else: what it sends out of its zone it has to send a second time there.
    private mutating func tell(gateway index: Int, of slot: Int32, mayNameHolder: Bool, _ now: Instant) {
        guard let swarm = swarms[Int(slot)], let session = nodes[Int(swarm.gateways[index].node)]?.session else { return }
        let gateway = swarm.gateways[index]
        let holder = swarm.lease?.holder
        var fed = Set(swarm.members.lazy.filter(\.isSeed).map(\.zone))
        if let holder, let zone = nodes[Int(holder)]?.zone { fed.insert(zone) }
        fed.remove(gateway.zone)
        let room = max(0, settings.handout - gateway.told)
        var chosen = sample(swarm.members, (room + 1) / 2) { fed.contains($0.zone) && $0.node != holder }
        var knowsFed = gateway.knowsFed || !chosen.isEmpty
        let known = Set(chosen)
        chosen += sample(swarm.members, room - chosen.count) { $0.zone != gateway.zone && $0.node != holder && !known.contains($0.node) }
        if !knowsFed, let holder, nodes[Int(holder)]?.zone != gateway.zone {
            if !mayNameHolder {
                gatewaysDue.append((slot, gateway.zone, now + settings.leaseSpread))
                actions.append(.wake(after: settings.leaseSpread))
            } else if chosen.isEmpty && gateway.told == 0 || swarm.gateways.count(where: \.knowsFed) < settings.handout {
                chosen.append(holder)
                knowsFed = true
            }
        }
        guard !chosen.isEmpty else { return }
        swarms[Int(slot)]?.gateways[index].told += chosen.count
        swarms[Int(slot)]?.gateways[index].knowsFed = knowsFed
        let peers = name(chosen, in: slot)
        actions.append(.send(session, .peers(digest: swarm.digest, size: swarm.size, peers: peers)))
    }
}

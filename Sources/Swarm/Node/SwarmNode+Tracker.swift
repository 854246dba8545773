/// The session with the tracker.
extension SwarmNode {
    /// A new session: say what is held, and join what is being transferred.
    mutating func trackerConnected(_ now: Instant) {
        tracker = .connected
        trackerPingedAt = now
        let hello = Hello(
            role: .agent, node: settings.node, cluster: settings.cluster, zone: settings.zone, address: settings.address)
        lists.actions.append(.tell(.hello(hello)))
        if !settings.transfer.asksOrigin { lists.actions.append(.tell(.offline)) }
        // Sorted: no decision may depend on a dictionary's order.
        let blobs = held.keys.sorted().map { HeldBlob(digest: $0, size: held[$0] ?? 0) }
        for start in stride(from: 0, to: blobs.count, by: WireLimits.blobsPerAnnouncement) {
            lists.actions.append(.tell(.announce(Array(blobs[start..<min(blobs.count, start + WireLimits.blobsPerAnnouncement)]))))
        }
        for digest in transfers.keys {
            join(digest, isAlone: false)
            update(digest, now) { transfer, wanted in
                // A new tracker knows nothing of what was vouched in an earlier session.
                transfer.vouchedTo = 1
                if transfer.mandate == .lease { transfer.vouchNews(now: now, always: transfer.layout != nil, actions: &wanted) }
            }
        }
    }

    /// Being connected is being alive, and the tracker takes silence for the contrary.
    mutating func keepTrackerAlive(_ now: Instant) {
        guard case .connected = tracker, now - trackerPingedAt >= settings.pingAfter else { return }
        trackerPingedAt = now
        tell(.ping)
    }

    mutating func trackerSaid(_ reply: TrackerReply, _ now: Instant) {
        switch reply {
        case .hello, .pong, .sharesTags, .meaning, .askOrigin, .pause: break
        case .peers(let digest, let size, let peers): handedOut(digest, size, peers, now)
        case .lease(let digest, let earlier): leased(digest, after: earlier, now)
        case .handOver(let digest): update(digest, now) { $0.handsOver(now: now, actions: &$1) }
        case .revoke(let digest): update(digest, now) { $0.revoked(actions: &$1) }
        case .states(let digest, let size, let first, let bytes):
            guard let list = StateList(digest.algorithm, first: Int(first), bytes: bytes) else { return }
            update(digest, now) { $0.vouched(size, list, now: now, actions: &$1) }
        case .unavailable(let digest, _): update(digest, now) { $0.isUnavailable(now: now, actions: &$1) }
        }
    }

    private mutating func handedOut(_ digest: Digest, _ size: UInt64?, _ peers: [PeerRecord], _ now: Instant) {
        guard transfers.contains(digest) else { return }
        if let size { update(digest, now) { _ = $0.adopt(size: size, .claimed, actions: &$1) } }
        var known = candidates[digest] ?? []
        for peer in peers where !known.contains(where: { $0.node == peer.node }) { known.append(peer) }
        candidates[digest] = known
        if peers.contains(where: { $0.zone != settings.zone }) { transfers.inPlace(digest) { $0.callReserve() } }
        dial(for: digest, now)
    }

    private mutating func leased(_ digest: Digest, after earlier: NodeID?, _ now: Instant) {
        guard transfers.contains(digest) else {
            // Wanted no more: let another have it.
            tell(held[digest].map { .announce([HeldBlob(digest: digest, size: $0)]) } ?? .leave(digest))
            return
        }
        guard settings.transfer.asksOrigin else { return tell(.yield(digest: digest, reason: "this agent is offline")) }
        lists.actions.append(.report(.leaseGranted(digest)))
        sentPieces.inPlace(digest) { $0.isFromOrigin = true }
        update(digest, now) { transfer, _ in transfer.granted(after: earlier, now: now) }
    }
}

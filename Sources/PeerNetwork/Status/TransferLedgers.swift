import Swarm

/// What has travelled for each blob, for whoever looks: transfers under way and the last finished ones.
struct TransferLedgers {
    struct Ledger {
        let digest: Digest
        let startedAt: Instant
        var endedAt: Instant?
        var size: UInt64?
        var state = "active"
        var bytesFromOrigin: UInt64 = 0
        var bytesFromPeers: UInt64 = 0
        var peers: [String: UInt64] = [:]
    }

    /// What a peer and this node have exchanged over all connections that are closed.
    struct PeerTotals {
        var address: String
        var zone: String
        var received: UInt64 = 0
        var sent: UInt64 = 0
    }

    static let finishedLimit = 1000
    static let peerLimit = 1000

    private(set) var active: [Digest: Ledger] = [:]
    private(set) var finished: [Ledger] = []
    private(set) var departed: [NodeID: PeerTotals] = [:]

    mutating func begin(_ digest: Digest, _ now: Instant) {
        if active[digest] == nil { active[digest] = Ledger(digest: digest, startedAt: now) }
    }

    mutating func sized(_ digest: Digest, _ size: UInt64) { active[digest]?.size = size }

    mutating func receivedFromOrigin(_ digest: Digest, _ bytes: Int) { active[digest]?.bytesFromOrigin += UInt64(bytes) }

    mutating func received(_ digest: Digest, _ bytes: Int, from link: PeerLink) {
        link.bytesReceived += UInt64(bytes)
        active[digest]?.bytesFromPeers += UInt64(bytes)
    }

    mutating func finished(_ digest: Digest, _ state: String, _ now: Instant) {
        guard var ledger = active.removeValue(forKey: digest) else { return }
        ledger.state = state
        ledger.endedAt = now
        finished.append(ledger)
        if finished.count > Self.finishedLimit { finished.removeFirst(finished.count - Self.finishedLimit) }
    }

    mutating func remember(_ link: PeerLink, _ hello: Hello?) {
        guard let hello, link.bytesReceived + link.bytesSent > 0 else { return }
        var totals = departed[hello.node] ?? PeerTotals(address: hello.address, zone: hello.zone)
        totals.received += link.bytesReceived
        totals.sent += link.bytesSent
        if departed[hello.node] != nil || departed.count < Self.peerLimit { departed[hello.node] = totals }
    }
}

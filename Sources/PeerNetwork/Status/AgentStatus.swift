import BlobStore
public import Swarm

/// What an agent tells about itself.
public struct AgentStatus: Sendable {
    /// One blob on its way to this node.
    public struct Transfer: Sendable {
        public let digest: Digest
        public let size: UInt64?
        /// `active`, `complete` or `failed`.
        public let state: String
        public let bytesFromOrigin: UInt64
        public let bytesFromPeers: UInt64
        /// Bytes of pieces that are verified and stored.
        public let bytesVerified: UInt64
        public let seconds: Double
    }

    /// One connection to another agent.
    public struct Peer: Sendable {
        public let node: NodeID
        public let address: String
        public let zone: String
        public let isConnected: Bool
        public let bytesReceived: UInt64
        public let bytesSent: UInt64
    }

    public let node: NodeID
    public let isTrackerConnected: Bool
    public let transfers: [Transfer]
    public let peers: [Peer]
}

extension SwarmAgent {
    /// Transfers under way and the last finished ones, oldest first, and all peers met.
    public func status() -> AgentStatus {
        AgentStatus(node: store.nodeID, isTrackerConnected: tracker != nil, transfers: transferStatus(), peers: peerStatus())
    }

    public var activeTransfers: Int { node?.activeTransfers ?? 0 }

    private func transferStatus() -> [AgentStatus.Transfer] {
        let active = ledgers.active.values.sorted { ($0.startedAt, $0.digest) < ($1.startedAt, $1.digest) }
        return (ledgers.finished + active).map { ledger in
            let seconds = (ledger.endedAt ?? now) - ledger.startedAt
            let verified = ledger.state == "complete" ? ledger.size ?? 0 : node?.verifiedBytes(of: ledger.digest) ?? 0
            return AgentStatus.Transfer(
                digest: ledger.digest, size: ledger.size, state: ledger.state, bytesFromOrigin: ledger.bytesFromOrigin,
                bytesFromPeers: ledger.bytesFromPeers, bytesVerified: verified, seconds: seconds / .seconds(1))
        }
    }

    private func peerStatus() -> [AgentStatus.Peer] {
        var totals = ledgers.departed
        var connected: Set<NodeID> = []
        for link in links.values {
            guard let hello = node?.peer(link.id) else { continue }
            connected.insert(hello.node)
            var sum = totals[hello.node] ?? TransferLedgers.PeerTotals(address: hello.address, zone: hello.zone)
            sum.received += link.bytesReceived
            sum.sent += link.bytesSent
            totals[hello.node] = sum
        }
        return totals.sorted { $0.key < $1.key }.map { node, sum in
            AgentStatus.Peer(
                node: node, address: sum.address, zone: sum.zone, isConnected: connected.contains(node), bytesReceived: sum.received,
                bytesSent: sum.sent)
        }
    }
}

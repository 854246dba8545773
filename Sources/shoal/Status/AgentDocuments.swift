import PeerNetwork
import Swarm

/// The JSON of the agent's `/api/v1/`, as it is written and as `shoal status` reads it.
struct TransfersDocument: Codable, Sendable {
    struct Transfer: Codable, Sendable {
        let digest: String
        let size: UInt64?
        let state: String
        let bytesFromOrigin: UInt64
        let bytesFromPeers: UInt64
        let bytesVerified: UInt64
        let seconds: Double
    }

    let node: String
    let trackerConnected: Bool
    let transfers: [Transfer]

    init(_ status: AgentStatus) {
        node = "\(status.node)"
        trackerConnected = status.isTrackerConnected
        transfers = status.transfers.map {
            Transfer(
                digest: "\($0.digest)", size: $0.size, state: $0.state, bytesFromOrigin: $0.bytesFromOrigin,
                bytesFromPeers: $0.bytesFromPeers, bytesVerified: $0.bytesVerified, seconds: $0.seconds)
        }
    }
}

struct PeersDocument: Codable, Sendable {
    struct Peer: Codable, Sendable {
        let node: String
        let address: String
        let zone: String
        let connected: Bool
        let bytesReceived: UInt64
        let bytesSent: UInt64
    }

    let node: String
    let peers: [Peer]

    init(_ status: AgentStatus) {
        node = "\(status.node)"
        peers = status.peers.map {
            Peer(
                node: "\($0.node)", address: $0.address, zone: $0.zone, connected: $0.isConnected, bytesReceived: $0.bytesReceived,
                bytesSent: $0.bytesSent)
        }
    }
}

struct BlobDocument: Codable, Sendable {
    let digest: String
    let size: UInt64
}

struct BlobsDocument: Codable, Sendable {
    let node: String
    let count: Int
    let bytes: UInt64
    /// Bytes that unfinished blobs will have; they count towards the quota.
    let partialBytes: UInt64
    /// nil without a quota.
    let quotaBytes: UInt64?
    let blobs: [BlobDocument]
}

import Swarm

/// The JSON of the tracker's `/api/v1/`.
struct SwarmsDocument: Encodable {
    let count: Int
    let swarms: [SwarmDocument]
}

struct SwarmDocument: Encodable {
    let digest: String
    let size: UInt64?
    let seeds: Int
    let downloading: Int
    /// Chain states vouched for by lease holders.
    let states: Int
    let leaseHolder: String?
    /// Agents that bring the blob into their zones.
    let gateways: [String]

    init(_ swarm: TrackerIndex.SwarmOverview) {
        digest = "\(swarm.digest)"
        size = swarm.size
        seeds = swarm.seeds
        downloading = swarm.downloading
        states = swarm.states
        leaseHolder = swarm.leaseHolder.map { "\($0)" }
        gateways = swarm.gateways.map { "\($0)" }
    }
}

struct SwarmDetailDocument: Encodable {
    let swarm: SwarmDocument
    let members: [MemberDocument]
}

struct MemberDocument: Encodable {
    let node: String
    let address: String
    let zone: String
    let connected: Bool
    let complete: Bool
    /// Leading pieces verified, as last reported; 0 for a complete member.
    let prefixPieces: Int

    init(_ member: TrackerIndex.MemberOverview) {
        node = "\(member.peer.node)"
        address = member.peer.address
        zone = member.peer.zone
        connected = member.isConnected
        complete = member.isSeed
        prefixPieces = member.prefix
    }
}

struct NodesDocument: Encodable {
    let count: Int
    let nodes: [NodeDocument]
}

struct NodeDocument: Encodable {
    let node: String
    let address: String
    let zone: String
    let connected: Bool
    let blobs: Int

    init(_ node: TrackerIndex.NodeOverview) {
        self.node = "\(node.peer.node)"
        address = node.peer.address
        zone = node.peer.zone
        connected = node.isConnected
        blobs = node.blobs
    }
}

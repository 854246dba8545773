/// What the operator's pages show.
extension TrackerIndex {
    /// One swarm as operators see it.
    public struct SwarmOverview: Sendable {
        public let digest: Digest
        public let size: UInt64?
        public let seeds: Int
        public let downloading: Int
        public let states: Int
        public let leaseHolder: NodeID?
        /// Members that bring the blob into their zones.
        public let gateways: [NodeID]
    }

    /// One member of a swarm as operators see it.
    public struct MemberOverview: Sendable {
        public let peer: PeerRecord
        public let isConnected: Bool
        public let isSeed: Bool
        /// Leading pieces verified, as last reported.
        public let prefix: Int
    }

    /// One node as operators see it.
    public struct NodeOverview: Sendable {
        public let peer: PeerRecord
        public let isConnected: Bool
        public let blobs: Int
    }

    /// Swarms in the order of their digests, `limit` of them from `offset` on.
    public func swarmOverviews(offset: Int, limit: Int) -> [SwarmOverview] {
        swarmSlots.keys.sorted().dropFirst(offset).prefix(limit).compactMap { swarmOverview($0) }
    }

    /// - Returns: nil for a blob that nobody holds or wants.
    public func swarmOverview(_ digest: Digest) -> SwarmOverview? {
        guard let slot = swarmSlots[digest], let swarm = swarms[Int(slot)] else { return nil }
        return SwarmOverview(
            digest: digest, size: swarm.size, seeds: swarm.seeds, downloading: swarm.members.count - swarm.seeds,
            states: swarm.states.count, leaseHolder: swarm.lease.flatMap { nodes[Int($0.holder)]?.record.node },
            gateways: swarm.gateways.compactMap { nodes[Int($0.node)]?.record.node })
    }

    /// The first members of a swarm, at most `limit` of them.
    public func members(of digest: Digest, limit: Int) -> [MemberOverview] {
        guard let slot = swarmSlots[digest], let swarm = swarms[Int(slot)] else { return [] }
        return swarm.members.prefix(limit).compactMap { member in
            guard let node = nodes[Int(member.node)] else { return nil }
            return MemberOverview(
                peer: node.record, isConnected: node.session != nil, isSeed: member.isSeed, prefix: Int(member.prefix))
        }
    }

    /// A page of the nodes in the order of their ids.
    public func nodeOverviews(offset: Int, limit: Int) -> [NodeOverview] {
        nodeSlots.keys.sorted().dropFirst(offset).prefix(limit).compactMap { id in
            guard let slot = nodeSlots[id], let node = nodes[Int(slot)] else { return nil }
            return NodeOverview(peer: node.record, isConnected: node.session != nil, blobs: node.memberships.count)
        }
    }
}

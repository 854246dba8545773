import Swarm

/// What a shard wants done to what all shards share. In steps it waits until none of them is at work.
enum Order {
    /// Frames have come or gone at an end: its flow is to begin, go on or stop.
    case settle(LinkEnd.ID)
    /// An end is shut: its flow, which the other end's shard may look at meanwhile, is to go.
    case close(LinkEnd.ID)
    indirect case fetch(Digest, OriginOrder, node: Int)
    indirect case stopOrigin(Digest, node: Int)
    indirect case drainOrigin(Digest, node: Int)
    indirect case fail(Digest, String, node: Int)
}

extension World {
    func perform(_ order: Order) {
        switch order {
        case .settle(let end): settle(end)
        case .close(let end): closeFlow(of: end)
        case .fetch(let digest, let order, let node): fetch(digest, order, at: node)
        case .stopOrigin(let digest, let node): nodes[node].runs[digest].map(endRun)
        case .drainOrigin(let digest, let node): nodes[node].runs[digest].map(drain)
        case .fail(let digest, let why, let node):
            nodes[node].runs[digest].map(endRun)
            failed(node, digest, why)
        }
    }
}

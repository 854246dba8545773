import Swarm

/// Where things happen: at a node, by its number, or elsewhere.
extension World {
    static let elsewhere = -1

    /// - Returns: the node; nil for elsewhere, which is where all happens that is about more than one node, or seldom.
    func place(of event: Event) -> Int? {
        switch event {
        case .tick(let node, _): node
        case .opens(_, let node): node == Self.elsewhere ? nil : node
        case .frameBegins(let end, _), .frameFlows(let end, _), .frameEnds(let end, _), .closed(let end):
            ends[end].node
        default: nil
        }
    }

    func shard(of node: Int) -> Shard { shards[node >> shardShift] }

    /// How many nodes a shard has, as a power of two: 32 at least, and so many that there are sixteen shards at most. From nine on they keep a few
    /// processors equally busy.
    ///
    /// The same on all machines: what happens at the same time has an order that depends on it.
    static func shardShift(_ nodeCount: Int, isStepped: Bool) -> Int {
        let bits = Int.bitWidth - max(0, nodeCount - 1).leadingZeroBitCount
        return isStepped ? max(5, bits - 4) : bits
    }
}

extension ReferenceSwarm {
    /// Runs in rounds, as the program in which Kraken's authors tried graphs (github.com/uber/kraken,
    /// tools/bin/simulation/random_regular_graph.py): in each, peers ask in random order until they, or all whom they could ask, have had
    /// `transferLimit` pieces. What a peer has asked for, others may ask it for in the same round; what a link has left when the round is
    /// over is lost.
    ///
    /// - Returns: seconds of the longest round, and after which each of those that were not the source had all.
    mutating func runInRounds() -> (longestRound: Double, finished: [Double]) {
        var finished = Array(repeating: 0.0, count: peers.count)
        var now: Int64 = 0
        var longest: Int64 = 0
        while true {
            let wanting = peers.indices.filter { !isComplete($0) }
            guard !wanting.isEmpty else { break }
            let end = round(wanting, now)
            longest = max(longest, end - now)
            now = end
            for peer in wanting where isComplete(peer) { finished[peer] = Double(now) / 1e9 }
        }
        return (Double(longest) / 1e9, Array(finished.dropFirst()))
    }

    /// Plans a round and sends all of it at once.
    ///
    /// - Returns: when the last piece would be through if nobody had more of a link after others are done.
    private mutating func round(_ wanting: [Int], _ now: Int64) -> Int64 {
        var flows: [FluidNetwork.FlowID] = []
        for peer in wanting.flatMap({ Array(repeating: $0, count: transferLimit) }).shuffled(using: &random) {
            guard let transfer = ask(peer) else { continue }
            receive(transfer)
            flows.append(start(transfer, now: now))
        }
        _ = network.takeChanged(now: now)
        let end = flows.compactMap { network.time(of: Self.pieceBytes, $0) }.max() ?? now
        for flow in flows { network.close(flow, now: end) }
        for peer in peers.indices { (peers[peer].sending, peers[peer].receiving) = (0, 0) }
        return end
    }
}

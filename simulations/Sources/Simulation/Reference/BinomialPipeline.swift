/// The best schedule there is where all links are alike.
enum BinomialPipeline {
    /// Bytes a second of every link, each way, and bytes of a piece: one takes a second.
    static let rate = 1e6
    static let piece = 1e6

    /// Sends `pieces` pieces from node 0 to all others of a hypercube: in each round every node exchanges with its neighbour along one dimension
    /// the newest piece that the other lacks (Ganesan and Seshadri, "On Cooperative Content Distribution and the Price of Barter", 2005).
    ///
    /// - Returns: seconds until the last node has all.
    static func broadcast(dimensions: Int, pieces: Int) -> Double {
        let count = 1 << dimensions
        var network = FluidNetwork()
        let ups = (0..<count).compactMap { _ in network.addPort(rate) }
        let downs = (0..<count).compactMap { _ in network.addPort(rate) }
        var have = Array(repeating: Set<Int>(), count: count)
        var (now, round) = (Int64(0), 0)
        while have.dropFirst().contains(where: { $0.count < pieces }) {
            var transfers: [(flow: FluidNetwork.FlowID, to: Int, piece: Int)] = []
            for node in 0..<count {
                let other = node ^ 1 << (round % dimensions)
                // The source sends a new one each round, and in the end the last one again.
                let newest = node == 0 ? min(round, pieces - 1) : have[node].subtracting(have[other]).max()
                guard other != 0, let newest, !have[other].contains(newest) else { continue }
                let flow = network.open(through: [ups[node], downs[other]])
                network.start(flow, now: now)
                transfers.append((flow, other, newest))
            }
            _ = network.takeChanged(now: now)
            now = transfers.compactMap { network.time(of: piece, $0.flow) }.max() ?? now
            for transfer in transfers {
                precondition(abs(network.sent(transfer.flow, now: now) - piece) < 1, "rounds are over when all of a piece is through")
                network.close(transfer.flow, now: now)
                have[transfer.to].insert(transfer.piece)
            }
            round += 1
        }
        return Double(now) / 1e9
    }
}

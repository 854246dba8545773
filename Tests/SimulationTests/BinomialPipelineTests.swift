import Testing

@testable import Simulation

/// The network against theory: the best schedule there is takes as long on it as it should.
@Suite struct BinomialPipelineTests {
    private static let rate = 1e6
    private static let piece = 1e6

    /// Sends `pieces` pieces from node 0 to all others of a hypercube: in each round every node exchanges with its neighbour along one dimension
    /// the newest piece that the other lacks (Ganesan and Seshadri, "On Cooperative Content Distribution and the Price of Barter", 2005).
    ///
    /// - Returns: seconds until the last node has all.
    private func broadcast(dimensions: Int, pieces: Int) -> Double {
        let count = 1 << dimensions
        var network = FluidNetwork(exactPortLimit: .max)
        let ups = (0..<count).compactMap { _ in network.addPort(Self.rate) }
        let downs = (0..<count).compactMap { _ in network.addPort(Self.rate) }
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
            now = transfers.compactMap { network.time(of: Self.piece, $0.flow) }.max() ?? now
            for transfer in transfers {
                #expect(abs(network.sent(transfer.flow, now: now) - Self.piece) < 1)
                network.close(transfer.flow, now: now)
                have[transfer.to].insert(transfer.piece)
            }
            round += 1
        }
        return Double(now) / 1e9
    }

    @Test(arguments: [1, 2, 3, 5, 7], [1, 10, 100]) func takesTheRoundsThatTheoryAllows(dimensions: Int, pieces: Int) {
        let peers = 1 << dimensions - 1
        let best = Bounds.equalLinks(size: UInt64(Double(pieces) * Self.piece), pieces: pieces, peers: peers, upload: Self.rate)
        #expect(abs(broadcast(dimensions: dimensions, pieces: pieces) - best) < 1e-3 * best)
    }
}

import Testing

@testable import Simulation

/// The network against theory: the best schedule there is takes as long on it as it should.
@Suite struct BinomialPipelineTests {
    @Test(arguments: [1, 2, 3, 5, 7], [1, 10, 100]) func takesTheRoundsThatTheoryAllows(dimensions: Int, pieces: Int) {
        let peers = 1 << dimensions - 1
        let best = Bounds.equalLinks(
            size: UInt64(Double(pieces) * BinomialPipeline.piece), pieces: pieces, peers: peers, upload: BinomialPipeline.rate)
        #expect(abs(BinomialPipeline.broadcast(dimensions: dimensions, pieces: pieces) - best) < 1e-3 * best)
    }
}

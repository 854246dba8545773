import Testing

@testable import Simulation

@Suite struct PageTests {
    @Test(arguments: [(0.9, 0.1), (1, 0.2), (2.4, 0.5), (7, 1), (95, 10), (240, 50), (30_000, 5000)])
    func ticksAreRound(whole: Double, step: Double) {
        #expect(abs(Ticks.step(whole) - step) < 1e-9)
    }

    @Test func numbersAreShort() {
        #expect([0, 1, 1.5, 1.25, 1.256, 10.05, 100].map(Ticks.text) == ["0", "1", "1.5", "1.25", "1.26", "10.05", "100"])
    }

    @Test func namesAreText() {
        #expect(Markup.escape("<b>\"a\" & b</b>") == "&lt;b&gt;&quot;a&quot; &amp; b&lt;/b&gt;")
    }

    @Test func looksBecomeRarerAndStayWithinBounds() {
        var sampler = Sampler(nodes: Array(0..<1000))
        #expect(sampler.fill.nodes.count == 64)
        var now: Int64 = 0
        for _ in 0..<5000 {
            let sample = Sample(seconds: Double(now) / 1e9, pullsDone: 0, bytesFromOrigin: 0, bytesFromPeers: 0)
            sampler.note(sample, shares: Array(repeating: 50, count: 64), now: now)
            now = sampler.nextAt
        }
        #expect(sampler.samples.count < 400)
        #expect(sampler.fill.seconds == sampler.samples.map(\.seconds))
        #expect(sampler.fill.shares.allSatisfy { $0.count == sampler.samples.count })
    }
}

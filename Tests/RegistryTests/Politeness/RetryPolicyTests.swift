import Swarm
import Testing

@testable import Registry

@Suite struct RetryPolicyTests {
    private func delays(after reason: OriginError.Reason, attempt: Int = 0, patience: Duration = .seconds(10)) -> [Duration?] {
        var random = SeededGenerator(seed: 7)
        return (0..<200).map { _ in RetryPolicy.delay(after: reason, attempt: attempt, patience: patience, using: &random) }
    }

    @Test(
        arguments: [
            .notFound, .hidden, .unauthorized(nil), .timeout(.head), .timeout(.body), .badAnswer(""), .status(404), .status(501),
            .cancelled,
        ] as [OriginError.Reason])
    func notWorthAnother(reason: OriginError.Reason) {
        #expect(delays(after: reason).allSatisfy { $0 == nil })
    }

    /// Spread over all of a time that doubles, so that many agents do not come back at once.
    @Test(arguments: [.unreachable(""), .status(500), .status(502), .status(503), .status(504)] as [OriginError.Reason])
    func whatMayPass(reason: OriginError.Reason) {
        for attempt in 0..<RetryPolicy.limit {
            let found = delays(after: reason, attempt: attempt).compactMap { $0 }
            let most = RetryPolicy.firstDelay * (1 << attempt)
            #expect(found.count == 200)
            #expect(found.allSatisfy { $0 >= .zero && $0 < most })
            #expect(found.contains { $0 < most * 0.1 } && found.contains { $0 > most * 0.9 })
        }
        #expect(delays(after: reason, attempt: RetryPolicy.limit).allSatisfy { $0 == nil })
    }

    /// Never before the registry said, and not all at once after it.
    @Test func pausesAreWaitedFor() {
        let found = delays(after: .rateLimited(retryAfterSeconds: 3)).compactMap { $0 }
        #expect(found.count == 200)
        #expect(found.allSatisfy { $0 >= .seconds(3) && $0 < .seconds(3) + RetryPolicy.spread })
        #expect(found.contains { $0 > .seconds(3) + RetryPolicy.spread * 0.9 })
        #expect(delays(after: .rateLimited(retryAfterSeconds: 11)).allSatisfy { $0 == nil })
        #expect(delays(after: .rateLimited(retryAfterSeconds: 11), patience: .seconds(20)).allSatisfy { $0 != nil })
        #expect(delays(after: .rateLimited(retryAfterSeconds: nil)).allSatisfy { $0.map { $0 >= RetryPolicy.defaultPause } == true })
    }

    @Test func theSameSeedGivesTheSameDelays() {
        #expect(delays(after: .status(503)) == delays(after: .status(503)))
    }

    @Test func budgets() {
        var budget = RetryBudget()
        func spend(_ budget: inout RetryBudget) -> Int {
            var count = 0
            while budget.spend() { count += 1 }
            return count
        }
        #expect(spend(&budget) == RetryBudget.most)
        for _ in 0..<25 { budget.earn() }
        #expect(spend(&budget) == 2)
        for _ in 0..<10_000 { budget.earn() }
        #expect(spend(&budget) == RetryBudget.most)
    }
}

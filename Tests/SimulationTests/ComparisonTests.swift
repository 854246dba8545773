import Swarm
import Testing

@testable import Simulation

@Suite struct ComparisonTests {
    /// Gosset's own example, "The probable error of a mean" (1908): hours of sleep that two drugs gave ten people; t = 4.06.
    @Test func differencesHaveTheIntervalOfStudent() throws {
        let first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2]
        let second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
        let difference = try #require(PairedDifference(zip(first, second).map { (first: $0, second: $1) }))
        #expect(abs(difference.mean - 1.58) < 1e-9)
        #expect(abs(difference.margin - 0.880) < 1e-3)
        #expect(difference.isShown)
    }

    @Test func onePairShowsNothing() {
        #expect(PairedDifference([(first: 1, second: 9)])?.isShown == false)
        #expect(PairedDifference([]) == nil)
    }

    @Test func fewerBytesInTheWayAreBetter() {
        let outcomes = [8_000_000, 4_000_000].map { (size: UInt64) in
            ([1, 2, 3] as [UInt64]).map { seed in
                var scenario = Scenario.crowd(4, image: [size])
                scenario.seed = seed
                return World.run(scenario)
            }
        }
        let rows = Comparison(outcomes[0], outcomes[1]).rows
        #expect(rows.first { $0.figure == .p99 }.map { Comparison.verdict($0.figure, $0.difference) } == "better")
        #expect(rows.first { $0.figure == .copies }.map { Comparison.verdict($0.figure, $0.difference) } == "the same")
        #expect(!rows.contains { $0.figure == .crossing })
    }

    @Test func allValuesAreTriedWithAllOthers() {
        #expect(Sweep.combinations(["a=1,2", "b.0=x"]) == [["a=1", "b.0=x"], ["a=2", "b.0=x"]])
        #expect(Sweep.combinations(["a"]) == nil)
    }

    @Test func aSweepIsATableAndAPage() {
        let points = [1, 2].map {
            Sweep.Point(changes: ["nodes.0.count=\($0)"], outcomes: [World.run(Scenario.crowd($0, image: [1_000_000]))])
        }
        let sweep = Sweep(scenario: "<test>", points: points)
        #expect(Set(sweep.text().split(separator: "\n").map(\.count)).count == 1)
        #expect(sweep.page().contains("nodes.0.count=2") && sweep.page().contains("&lt;test&gt;"))
    }

    /// The long ones run in the command `check`.
    @Test(arguments: GoldenRun.all.indices) func theSameRunOnEveryMachine(index: Int) {
        let run = GoldenRun.all[index]
        #expect(World.run(run.scenario).eventLog == run.eventLog, "\(run.name)")
    }
}

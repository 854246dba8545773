import FoundationEssentials
import Operations
import Simulation

/// Several runs, as many at a time as there are processors.
struct ManyRuns {
    /// What is run.
    let title: String
    let scenarios: [Scenario]

    /// - Returns: in the order of the scenarios.
    func outcomes() async -> [Outcome] {
        var bar = ProgressBar(title: title, totalBytes: scenarios.reduce(0) { $0 + Self.size($1) })
        var outcomes = Array(repeating: Outcome?.none, count: scenarios.count)
        await withTaskGroup(of: (Int, Outcome).self) { group in
            var next = 0
            func start() {
                guard next < scenarios.count else { return }
                let (index, scenario) = (next, scenarios[next])
                group.addTask { (index, World.run(scenario)) }
                next += 1
            }
            for _ in 0..<max(1, ProcessInfo.processInfo.activeProcessorCount) { start() }
            var done: UInt64 = 0
            for await (index, outcome) in group {
                outcomes[index] = outcome
                done += Self.size(scenarios[index])
                bar.update(doneBytes: done)
                start()
            }
        }
        bar.finish()
        return outcomes.compactMap(\.self)
    }

    /// About how much is moved, bytes: what a run is of all runs.
    private static func size(_ scenario: Scenario) -> UInt64 { UInt64(scenario.nodeCount) * scenario.layers.reduce(0, +) }
}

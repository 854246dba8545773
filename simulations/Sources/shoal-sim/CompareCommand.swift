import ArgumentParser
import Operations
import Simulation

/// `shoal-sim compare`: two scenarios, policies or versions with the same seeds.
struct CompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Run two scenarios, or one with two policies, with the same seeds, and print what differs.",
        discussion: """
            Differences are of B to A: the mean over the seeds, and between what it is with 95 % confidence. What may be chance says so.

            Examples:

              shoal-sim compare simulations/scenarios/flash-crowd.yaml \\
                --b policy.neighbours=5
              shoal-sim compare simulations/scenarios/two-zones.yaml simulations/scenarios/thin-link.yaml --seeds 10

            For two versions of Shoal: `run --json` with each, and compare a.json b.json, the runs of several seeds parted by commas.
            """)

    @Argument(help: ArgumentHelp("A: a scenario (YAML), or runs that were written with --json, parted by commas.", valueName: "a"))
    var first: String

    @Argument(help: ArgumentHelp("B, the same; A's scenario if not given.", valueName: "b"))
    var second: String?

    @Option(help: ArgumentHelp("A value in place of the scenario's, for A; may be repeated.", valueName: "key=value"))
    var a: [String] = []

    @Option(help: ArgumentHelp("The same for B.", valueName: "key=value"))
    var b: [String] = []

    @Option(help: ArgumentHelp("Seeds, from 1 on.", valueName: "n"))
    var seeds = 5

    func validate() throws {
        guard (2...1000).contains(seeds) else { throw ValidationError("--seeds must be from 2 to 1000, not \(seeds)") }
    }

    func run() async throws {
        let (one, other) = (try await outcomes(first, a, "A"), try await outcomes(second ?? first, b, "B"))
        guard one.map(\.seed) == other.map(\.seed) else {
            throw ValidationError(
                "A was run with the seeds \(one.map(\.seed)), B with \(other.map(\.seed)): give runs of the same seeds, in the same order")
        }
        StandardOutput.write(Comparison(one, other).text())
        for (name, runs) in [("A", one), ("B", other)] {
            let failures = runs.reduce(0) { $0 + $1.failures.count }
            if failures > 0 { StandardOutput.write("\(name): \(failures) pulls not done\n") }
        }
    }

    private func outcomes(_ input: String, _ changes: [String], _ name: String) async throws -> [Outcome] {
        if input.hasSuffix(".json") {
            guard changes.isEmpty else {
                throw ValidationError("--\(name.lowercased()) changes a scenario, and \(input) are runs that are over")
            }
            return try input.split(separator: ",").map { try ScenarioInput.outcome(String($0)) }
        }
        let scenarios = try (1...UInt64(seeds)).map { try ScenarioInput.read(input, changes: changes, seed: $0) }
        return await ManyRuns(title: name, scenarios: scenarios).outcomes()
    }
}

import ArgumentParser
import Operations
import Simulation

/// `shoal-sim sweep`: one scenario with different values.
struct SweepCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract: "Run a scenario with one value after the other, and print what comes of each.",
        discussion: """
            With several --vary, all values of one are tried with all of the others. Figures are medians over the seeds.

            Examples:

              shoal-sim sweep simulations/scenarios/flash-crowd.yaml --vary policy.neighbours=5,10,20
              shoal-sim sweep simulations/scenarios/flash-crowd.yaml \\
                --vary nodes.0.count=8,32,128 --vary "origin.rate=100 Mbit/s,1 Gbit/s" --html sweep.html
            """)

    @Argument(help: ArgumentHelp("The scenario, a YAML file.", valueName: "scenario"))
    var scenario: String

    @Option(help: ArgumentHelp("A key and the values to try; may be repeated.", valueName: "key=a,b,c"))
    var vary: [String]

    @Option(help: ArgumentHelp("A value in place of the scenario's, in all runs; may be repeated.", valueName: "key=value"))
    var set: [String] = []

    @Option(help: ArgumentHelp("Seeds, from 1 on.", valueName: "n"))
    var seeds = 3

    @Option(help: ArgumentHelp("Write table and picture to this file, a page for any browser.", valueName: "file"))
    var html: String?

    func validate() throws {
        guard (1...1000).contains(seeds) else { throw ValidationError("--seeds must be from 1 to 1000, not \(seeds)") }
        guard let combinations = Sweep.combinations(vary) else {
            throw ValidationError("--vary needs a key and values, such as policy.neighbours=5,10,20")
        }
        guard combinations.count <= 1000 else { throw ValidationError("\(combinations.count) combinations of values: 1000 is the limit") }
    }

    func run() async throws {
        let combinations = Sweep.combinations(vary) ?? []
        let scenarios = try combinations.flatMap { changes in
            try (1...UInt64(seeds)).map { try ScenarioInput.read(scenario, changes: set + changes, seed: $0) }
        }
        let outcomes = await ManyRuns(title: scenarios.first?.name ?? scenario, scenarios: scenarios).outcomes()
        let points = combinations.enumerated().map { index, changes in
            Sweep.Point(changes: changes, outcomes: Array(outcomes[index * seeds..<(index + 1) * seeds]))
        }
        let sweep = Sweep(scenario: scenarios.first?.name ?? scenario, points: points)
        StandardOutput.write(sweep.text())
        if let html { try OutputFile.write(sweep.page(), to: html) }
        guard outcomes.allSatisfy(\.failures.isEmpty) else {
            StandardError.write("some pulls were not done: run the scenario with that value to see which\n")
            throw ExitCode(1)
        }
    }
}

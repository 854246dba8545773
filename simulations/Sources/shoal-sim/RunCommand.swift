import ArgumentParser
import Operations
import Simulation

/// `shoal-sim run`: one scenario, one seed.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run one scenario and print what came of it.",
        discussion: """
            Examples:

              shoal-sim run simulations/scenarios/flash-crowd.yaml
              shoal-sim run simulations/scenarios/two-zones.yaml --seed 7 --set "zones.b.down=200 Mbit/s"
              shoal-sim run simulations/scenarios/kraken.yaml --html kraken.html --json kraken.json --csv kraken.csv

            --set takes the path of a value in the file, items of a list counted from 0: nodes.0.count=64.
            """)

    @Argument(help: ArgumentHelp("The scenario, a YAML file (simulations/README.md has its keys).", valueName: "scenario"))
    var scenario: String

    @Option(help: ArgumentHelp("Seed of all that is random, in place of the scenario's.", valueName: "n"))
    var seed: UInt64?

    @Option(help: ArgumentHelp("A value in place of the scenario's; may be repeated.", valueName: "key=value"))
    var set: [String] = []

    @Option(help: ArgumentHelp("Write all figures to this file as JSON.", valueName: "file"))
    var json: String?

    @Option(help: ArgumentHelp("Write each node's completion time to this file as CSV.", valueName: "file"))
    var csv: String?

    @Option(help: ArgumentHelp("Write the figures and pictures of the run to this file, a page for any browser.", valueName: "file"))
    var html: String?

    func run() async throws {
        let scenario = try ScenarioInput.read(self.scenario, changes: set, seed: seed)
        let clock = ContinuousClock()
        let begin = clock.now
        let world = World(scenario)
        var bar = ProgressBar(title: scenario.name, totalBytes: world.wantedBytes)
        while !world.isOver {
            world.run(events: 100_000)
            bar.update(doneBytes: world.receivedBytes)
        }
        bar.finish()
        let outcome = world.outcome()
        let cost = RunCost(took: clock.now - begin, peakBytes: OwnMemory.peakBytes)
        StandardOutput.write(outcome.text(cost))
        if let html { try OutputFile.write(outcome.page(cost), to: html) }
        if let json { try OutputFile.write(JSONText.encode(outcome, pretty: true) + "\n", to: json) }
        if let csv { try OutputFile.write("seconds\n" + outcome.seconds.map { "\($0)\n" }.joined(), to: csv) }
        guard outcome.failures.isEmpty else { throw ExitCode(1) }
    }
}

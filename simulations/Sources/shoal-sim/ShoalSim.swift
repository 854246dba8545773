import ArgumentParser
import Operations

/// The simulator's program.
@main
struct ShoalSim: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shoal-sim",
        abstract: "Find out what happens when many nodes pull an image, before any of them does.",
        discussion: """
            The policy of agents and tracker that ships runs in virtual time, behind simulated links and an origin. The same scenario \
            and seed give the same run on every machine. And load puts real load on a tracker or an agent that runs.

            Examples:

              shoal-sim run simulations/scenarios/flash-crowd.yaml
              shoal-sim run simulations/scenarios/flash-crowd.yaml --set nodes.0.count=500 --set "origin.rate=1 Gbit/s" --json result.json
              shoal-sim compare simulations/scenarios/flash-crowd.yaml --b policy.neighbours=5
              shoal-sim sweep simulations/scenarios/flash-crowd.yaml --vary nodes.0.count=8,16,32
              shoal-sim load tracker --address 127.0.0.1:7600 --agents 1000 --joins-per-second 5000 --seconds 10
            """,
        version: "0.1.0",
        subcommands: [RunCommand.self, CompareCommand.self, SweepCommand.self, CheckCommand.self, LoadCommand.self])

    static func main() async {
        Allocator.tune()
        await CommandLineTool.main(ShoalSim.self)
    }
}

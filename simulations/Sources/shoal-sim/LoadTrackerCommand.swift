import ArgumentParser
import LoadTest
import Operations

/// `shoal-sim load tracker`.
struct LoadTrackerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tracker",
        abstract: "Join swarms at a tracker as many agents would, and measure how soon it replies.",
        discussion: """
            Each of N agents has a connection of its own and speaks the agents' protocol. All join the swarm of one blob, one after \
            another, then that of the next; with each join an agent announces the blob before, and after eight it leaves. Whoever gets a \
            lease vouches for chain states at once. The blobs exist nowhere and are new ones each time; the tracker forgets all of it \
            when the run ends.

            Joins are sent when they are due, whether or not earlier ones were answered. In the table:

              hello            from connecting to the tracker's greeting
              join             from the request to the reply with peers
              announce         until a ping behind the announcement is answered
              behind schedule  how late joins were sent

            Joins that are late by more than a few milliseconds say that this program, or the tracker, cannot keep up.

            Examples:

              shoal-sim load tracker --address 127.0.0.1:7600 \\
                --agents 1000 --joins-per-second 5000 --seconds 10
              shoal-sim load tracker --address tracker:7600 \\
                --agents 10000 --joins-per-second 2000 --seconds 60 --json load.json

            Exit code 1 says that there were errors. Ctrl-C ends the run early, with what was measured until then.
            """)

    @Option(help: ArgumentHelp("The tracker's address for agents.", valueName: "host:port"))
    var address: HostPort

    @Option(help: ArgumentHelp("Agents, each with a connection of its own.", valueName: "n"))
    var agents: Int

    @Option(help: ArgumentHelp("Joins a second, of all agents together.", valueName: "r"))
    var joinsPerSecond: Int

    @Option(help: ArgumentHelp("How long to send joins.", valueName: "s"))
    var seconds: Int

    @Option(help: ArgumentHelp("Write all figures to this file as JSON.", valueName: "file"))
    var json: String?

    func validate() throws {
        try LoadCommand.check("agents", agents, upTo: 1_000_000)
        try LoadCommand.check("joins-per-second", joinsPerSecond, upTo: 500_000)
        try LoadCommand.check("seconds", seconds, upTo: 86_400)
    }

    func run() async throws {
        let settings = TrackerLoad.Settings(
            address: address, agents: agents, joinsPerSecond: joinsPerSecond, duration: .seconds(seconds))
        let load = try TrackerLoad(settings, progress: LoadCommand.progress)
        let report = try await LoadCommand.untilInterrupted { try await load.run() }
        try LoadCommand.show(report, text: report.text, hasErrors: !report.errors.isEmpty, json: json)
    }
}

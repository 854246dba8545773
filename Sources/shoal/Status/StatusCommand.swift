import ArgumentParser
import Operations

/// `shoal status`: what an agent is doing.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show an agent's transfers, its peers and what it holds.",
        discussion: """
            Examples:

              shoal status
              shoal status --agent http://node7:7701
              shoal status --json | jq '.transfers[] | select(.state == "active")'
            """)

    @Option(help: ArgumentHelp("The agent's admin address.", valueName: "url"))
    var agent = "http://127.0.0.1:7701"

    @Flag(help: "Print JSON: the agent's transfers, peers and blobs.")
    var json = false

    func run() async throws {
        let status = try await AgentReport.fetch(from: agent)
        StandardOutput.write(json ? try JSONText.encode(status, pretty: true) + "\n" : status.table)
    }
}

import ArgumentParser
import LoadTest
import Operations
import Swarm

/// `shoal-sim load agent`.
struct LoadAgentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent",
        abstract: "Pull an image again and again through an agent's mirror, and measure how soon it comes.",
        discussion: """
            Each of N clients pulls as containerd does: HEAD of the reference, the index if there is one, the manifest for linux/amd64, \
            then config and layers, three at a time. What comes is thrown away. In the table:

              resolve     HEAD of the reference
              manifest    GET of an index or manifest
              first byte  from the request of a blob to its first byte
              blob        from the request of a blob to its last byte
              pull        all of it

            The digests of manifests are always verified, and the sizes of blobs. The digest of each blob is computed the first time \
            that it comes: computing it every time takes more processor time here than sending it takes the agent. --verify-each does it \
            all the same.

            An agent that does not have the image yet fetches it during the run: pull it once before to measure serving alone.

            Examples:

              shoal-sim load agent --mirror http://127.0.0.1:5000 \\
                --image docker.io/library/busybox:latest --clients 8 --seconds 10
              shoal-sim load agent --mirror http://node7:5000 \\
                --image ghcr.io/org/app@sha256:9f86… --clients 32 --seconds 60

            Exit code 1 says that there were errors. Ctrl-C ends the run early, with what was measured until then.
            """)

    @Option(help: ArgumentHelp("The agent's mirror address.", valueName: "url"))
    var mirror: String

    @Option(help: ArgumentHelp("The image: [registry/]repository[:tag][@digest].", valueName: "reference"))
    var image: String

    @Option(help: ArgumentHelp("Clients, each with up to three connections.", valueName: "n"))
    var clients: Int

    @Option(help: ArgumentHelp("How long to pull; what is under way then is cut off, and an error only if silent for 5 s.", valueName: "s"))
    var seconds: Int

    @Flag(help: "Compute the digest of each blob every time that it comes.")
    var verifyEach = false

    @Option(help: ArgumentHelp("Write all figures to this file as JSON.", valueName: "file"))
    var json: String?

    func validate() throws {
        guard mirror.hasPrefix("http://") || mirror.hasPrefix("https://") else {
            throw ValidationError("--mirror must be a URL, such as http://127.0.0.1:5000, not \(mirror)")
        }
        _ = try reference()
        try LoadCommand.check("clients", clients, upTo: 100_000)
        try LoadCommand.check("seconds", seconds, upTo: 86_400)
    }

    func run() async throws {
        let settings = AgentLoad.Settings(
            mirror: mirror, image: try reference(), clients: clients, duration: .seconds(seconds), verifiesEach: verifyEach)
        let report = try await LoadCommand.untilInterrupted { try await AgentLoad(settings, progress: LoadCommand.progress).run() }
        try LoadCommand.show(report, text: report.text, hasErrors: !report.errors.isEmpty, json: json)
    }

    private func reference() throws -> Reference {
        do {
            return try Reference(parsing: image)
        } catch {
            throw ValidationError("--image: \(error)")
        }
    }
}

import ArgumentParser
import Operations
import Swarm

/// `shoal pull`: an image through an agent, into an OCI image layout.
struct PullCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Pull an image through an agent into an OCI image layout.",
        discussion: """
            Of a multi-platform image the manifest for --platform is taken. Every byte is verified.

            Examples:

              shoal pull docker.io/library/busybox:latest -o busybox
              shoal pull ghcr.io/org/app@sha256:9f86… --agent http://127.0.0.1:5000 -o app
              shoal pull org/app:v1 --platform linux/arm64 -o app --json
            """)

    @Argument(help: "The image: [registry/]repository[:tag][@digest].")
    var reference: String

    @Option(help: ArgumentHelp("The agent's mirror address.", valueName: "url"))
    var agent = "http://127.0.0.1:5000"

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp("Directory for the image layout; made if missing, added to if it is one.", valueName: "dir"))
    var output: String

    @Option(help: ArgumentHelp("Which manifest of a multi-platform image.", valueName: "os/architecture"))
    var platform = PullPlatform.host

    @Flag(help: "Print what was pulled as JSON.")
    var json = false

    func run() async throws {
        let image: Reference
        do {
            image = try Reference(parsing: reference)
        } catch {
            throw ValidationError("\(error)")
        }
        let layout = try LayoutWriter(directory: output)
        let pulled = try await CommandHTTP.with { http in
            try await ImagePull(mirror: MirrorClient(agent: agent, http: http), layout: layout, platform: platform).run(image)
        }
        if json { StandardOutput.write(try JSONText.encode(pulled, pretty: true) + "\n") }
    }
}

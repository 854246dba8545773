import ArgumentParser
import Operations
import Registry
import RuntimeSetup

/// `shoal setup`: points a container runtime at the agent.
struct SetupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup",
        abstract: "Point containerd, docker, CRI-O or podman at the agent on this node.",
        discussion: """
            Adds to the runtime's settings what is missing and leaves everything else as it is; what was added is shown, and marked, so that
            --undo takes it out again. Running it twice changes nothing.

            Examples:

              shoal setup containerd --dry-run
              sudo shoal setup containerd
              sudo shoal setup podman --registry docker.io --registry ghcr.io
              sudo shoal setup containerd --file /srv/containerd/config.toml
              sudo shoal setup docker --undo
            """)

    @Argument(help: "containerd, docker, crio, or podman (which is buildah and skopeo too).", transform: Self.runtime)
    var runtime: ContainerRuntime

    @Option(
        help: ArgumentHelp(
            "A registry whose images come through the agent, such as ghcr.io; repeatable.",
            discussion: "Default: all for containerd, docker.io for the others. docker knows mirrors of docker.io only.", valueName: "name")
    )
    var registry: [RegistryName] = []

    @Option(help: ArgumentHelp("Where the agent's mirror listens.", valueName: "host:port"))
    var mirror = AgentCommand.usualMirror

    @Flag(help: "The mirror speaks TLS (shoal agent --mirror-certificate).")
    var tls = false

    @Option(
        help: ArgumentHelp(
            "The runtime's config.toml, daemon.json or registries.conf, if it is not where it usually is.", valueName: "file"))
    var file: String?

    @Flag(help: "Show what would change, and change nothing.")
    var dryRun = false

    @Flag(help: "Take out what was added.")
    var undo = false

    func validate() throws {
        guard mirror.port != 0 else { throw ValidationError("--mirror \(mirror): give the port that the agent listens on") }
        guard !undo || registry.isEmpty else { throw ValidationError("--undo takes everything out: leave --registry away") }
    }

    func run() async throws {
        let files = DiskFiles()
        let request = SetupRequest(runtime, file: file, mirror: reachable, speaksTLS: tls, registries: registry.map(\.name))
        let plan = try undo ? request.undo(files) : request.plan(files)
        guard !plan.changes.isEmpty else {
            StandardOutput.write("nothing to change: \(runtime) \(undo ? "has nothing of ours" : "pulls through \(reachable) already")\n")
            return
        }
        for change in plan.changes {
            // Shown before it is made, so that what was done is on the screen if the next one fails.
            StandardOutput.write(change.diff)
            if !dryRun { try files.make(change) }
        }
        if dryRun { StandardOutput.write("nothing was written (--dry-run)\n") }
        for sentence in plan.advice { StandardOutput.write("\(sentence)\n") }
    }

    @Sendable private static func runtime(_ name: String) throws -> ContainerRuntime {
        guard let runtime = ContainerRuntime(rawValue: name) else {
            throw ValidationError("choose one of \(ContainerRuntime.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return runtime
    }

    /// An agent that listens everywhere is reached on loopback.
    private var reachable: HostPort {
        mirror.host == "0.0.0.0" || mirror.host == "::" ? HostPort(host: "127.0.0.1", port: mirror.port) : mirror
    }
}

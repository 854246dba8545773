import ArgumentParser
import Operations

/// The node's program: the agent, and what people ask of it.
@main
struct Shoal: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shoal",
        abstract: "Pull container images through the machines that already have them.",
        discussion: """
            Run the agent on every node, and point docker, containerd, CRI-O or podman at it:

              shoal agent --tracker tracker.example:7600 --data /var/lib/shoal
              shoal pull docker.io/library/busybox:latest --agent http://127.0.0.1:5000 -o busybox
              shoal publish busybox --to s3://images
              shoal status --agent http://127.0.0.1:7701
              shoal setup containerd --dry-run
              shoal doctor

            Every option can also be set as SHOAL_<OPTION> in the environment or in a YAML file (--config FILE).
            """,
        version: "0.1.0",
        subcommands: [
            AgentCommand.self, PullCommand.self, PublishCommand.self, StatusCommand.self, SetupCommand.self, DoctorCommand.self,
        ])

    static func main() async { await CommandLineTool.main(Shoal.self) }
}

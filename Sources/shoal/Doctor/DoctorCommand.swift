import ArgumentParser
import Operations
import Swarm

/// `shoal doctor`: what is wrong on this node, and what to do about it.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look for what is wrong with the agent, its tracker, registries, disk and clock, and with runtimes' settings.",
        discussion: """
            Exit code 1 when something is wrong. Changes nothing.

            Examples:

              shoal doctor
              shoal doctor --image ghcr.io/org/app:v1
              shoal doctor --runtime containerd --json
              shoal doctor --runtime containerd=/srv/containerd/config.toml
            """)

    @Option(help: ArgumentHelp("The agent's admin address.", valueName: "url"))
    var agent = "http://127.0.0.1:7701"

    @Option(
        help: ArgumentHelp(
            "A runtime that shall pull through the agent: containerd, docker, crio or podman; repeatable.",
            discussion:
                "Its settings are looked for in the usual place, or in the file given. Default: the runtimes that are installed here.",
            valueName: "name[=file]"))
    var runtime: [RuntimeChoice] = []

    @Option(
        help: ArgumentHelp("An image that it must be possible to pull: its manifest is asked for through the agent.", valueName: "image"))
    var image: String?

    @Flag(help: "Print the findings as JSON.")
    var json = false

    func run() async throws {
        let wanted: Reference?
        do {
            wanted = try image.map { try Reference(parsing: $0) }
        } catch {
            throw ValidationError("\(error)")
        }
        let base = agent.hasSuffix("/") ? String(agent.dropLast()) : agent
        let diagnosis = try await CommandHTTP.with { http in
            Diagnosis(await Doctor(agent: AgentClient(base: base, http: http), runtimes: runtime, image: wanted).findings())
        }
        StandardOutput.write(json ? try JSONText.encode(diagnosis, pretty: true) + "\n" : diagnosis.text)
        if !diagnosis.healthy { throw ExitCode(1) }
    }
}

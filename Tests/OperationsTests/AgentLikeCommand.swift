import ArgumentParser
import Operations

/// A command line with the shape of the agent's, to try the sources on.
struct ProgramLike: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "program", subcommands: [AgentLike.self, PullLike.self])
}

struct AgentLike: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "agent")

    @Option var tracker: [HostPort] = []
    @Option var mirror = HostPort(host: "127.0.0.1", port: 5000)
    @Option var registry: [NamedURL] = []
    @Option var defaultRegistry = "docker.io"
    @Option var zone: String?
    @Option var logLevel: LogLevelOption = .info
    @Option var config: String?
    @Flag(inversion: .prefixedNo) var upload = true
    @Flag var quiet = false
}

struct PullLike: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "pull")

    @Argument var reference: String
    @Option var agent = "http://127.0.0.1:5000"
    @Option(name: [.short, .long]) var output = "."
    @Flag var json = false
}

/// A program without subcommands, like the tracker.
struct TrackerLike: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "tracker-like")

    @Option var listen = HostPort(host: "0.0.0.0", port: 7600)
    @Option var config: String?
}

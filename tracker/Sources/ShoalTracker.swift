import ArgumentParser
import Logging
import Operations
import ServiceLifecycle
import Swarm
import UVLoop

/// The tracker's program: its settings and wiring.
@main
struct ShoalTracker: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shoal-tracker",
        abstract: "Tell agents who has which blob, and let one at a time fetch each from the registry.",
        discussion: """
            Examples:

              shoal-tracker --data /var/lib/shoal-tracker
              shoal-tracker --listen 0.0.0.0:7600 --http 127.0.0.1:7601 --data /var/lib/shoal-tracker
              curl http://127.0.0.1:7601/api/v1/swarms

            Every option can also be set as SHOAL_<OPTION> in the environment or in a YAML file (--config FILE).
            """,
        version: "0.1.0")

    @Option(help: ArgumentHelp("Where agents connect to.", valueName: "host:port"))
    var listen = HostPort(host: "0.0.0.0", port: 7600)

    @Option(help: ArgumentHelp("Where operators and Prometheus connect to.", valueName: "host:port"))
    var http = HostPort(host: "0.0.0.0", port: 7601)

    @Option(help: ArgumentHelp("Zone in or near which the registries are: its agents fetch from them first.", valueName: "name"))
    var originZone: String?

    @Option(help: ArgumentHelp("Directory for what a restarted tracker should know.", valueName: "dir"))
    var data = "/var/lib/shoal-tracker"

    @Option(help: ArgumentHelp("YAML file with any of these options.", valueName: "file"))
    var config: String?

    @Option(help: "How much is logged: trace, debug, info, notice, warning, error or critical.")
    var logLevel: LogLevelOption = .info

    static func main() async { await CommandLineTool.main(ShoalTracker.self) }

    func run() async throws {
        Logger.bootstrapProcess(level: logLevel.level)
        let logger = Logger(label: "tracker")
        let loop = try UVLoop(name: "tracker")
        let memory = try TrackerMemory(directory: data)
        let server = TrackerServer(loop: loop, memory: memory, originZone: originZone, logger: logger)
        let address = try await server.start(listen: listen)
        logger.listening(socket: "sessions", address: try HostPort(parsing: address))
        let metrics = PrometheusRegistry(logger: logger)
        TrackerMetrics.collect(from: server, into: metrics)
        let operators = OperatorServer(option: "http", address: http, metrics: metrics, logger: logger) {
            TrackerRoutes(server: server).add(to: $0)
        }
        try await ServiceRunner.run(
            [NamedService("sessions", TrackerService(server: server)), NamedService("http", operators)], logger: logger)
    }
}

/// The sessions run from before the services start; this ends them when they end.
private struct TrackerService: Service {
    let server: TrackerServer

    func run() async throws {
        try? await gracefulShutdown()
        await server.stop()
    }
}

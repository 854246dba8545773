public import Logging
import ServiceLifecycle
import UnixSignals

/// Runs a process's services until SIGTERM, SIGINT, or the failure of one.
public enum ServiceRunner {
    /// How long a shutdown may take in all before the process ends itself.
    public static let limitShutdown = Duration.seconds(10)

    /// Runs the services side by side.
    ///
    /// On SIGTERM or SIGINT they are told to shut down gracefully one after another, the last of the list first; after 8 seconds what
    /// still runs is cancelled, and if even that does not help the process exits with 0 shortly before `limitShutdown`. When a service
    /// fails, the others are cancelled under the same limit, and the exit code is 1.
    /// - Throws: `ServiceFailure` of the first service that failed.
    public static func run(_ services: [NamedService], logger: Logger) async throws {
        CommandLineTool.ignoreBrokenPipes()
        // The group's own records repeat what is logged here.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .critical)
        let deadline = ShutdownDeadline(limitSeconds: 9.5, logger: logger)
        defer { deadline.disarm() }
        var configuration = ServiceGroupConfiguration(
            services: services.map { $0 as any Service } + [deadline],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: quiet)
        configuration.maximumGracefulShutdownDuration = .seconds(8)
        try await ServiceGroup(configuration: configuration).run()
        logger.info("stopped")
    }
}

import HTTPTypes
import Hummingbird
public import Logging
import NIOCore
public import ServiceLifecycle

/// The HTTP server for operators and Prometheus: `/healthz`, `/readyz`, `/metrics`, and the executable's `/api/v1/...`.
///
/// `/healthz` is 200 while the process serves at all; `/readyz` is 200 or 503 with `{"ready":false,"reasons":[...]}`. Unknown paths
/// are a JSON 404. At most `limitConnections` are served at once, idle ones are closed after a minute, requests have no body.
public struct OperatorServer: Service {
    /// The most connections that are served at once; others wait in the system's queue.
    public static let limitConnections = 128

    private let option: String
    private let address: HostPort
    private let logger: Logger
    private let onListening: @Sendable (HostPort) async -> Void
    private let responder: RouterResponder<BasicRequestContext>

    /// Assembles the server; `run` binds it.
    /// - Parameters:
    ///   - option: the flag that sets the address, without dashes; names the socket in the log and in errors (`admin`, `http`).
    ///   - address: where to listen; port 0 takes a free one.
    ///   - metrics: what `/metrics` shows.
    ///   - readiness: asked at each `/readyz`.
    ///   - onListening: told the real address once, before the first request is answered. The `listening` line is logged anyway.
    ///   - routes: adds the executable's own routes.
    public init(
        option: String, address: HostPort, metrics: PrometheusRegistry, logger: Logger,
        readiness: @escaping @Sendable () async -> Readiness = { .ready },
        onListening: @escaping @Sendable (HostPort) async -> Void = { _ in },
        routes: (OperatorRoutes) -> Void
    ) {
        self.option = option
        self.address = address
        self.logger = logger
        self.onListening = onListening
        let router = Router(context: BasicRequestContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: OperatorErrorMiddleware(logger: logger))
        router.get("/healthz") { _, _ in Response(text: "ok\n", contentType: "text/plain; charset=utf-8") }
        router.get("/readyz") { _, _ in
            let readiness = await readiness()
            return try Response(status: readiness.ready ? .ok : .serviceUnavailable, json: readiness)
        }
        router.get("/metrics") { _, _ in Response(text: await metrics.scrape(), contentType: MetricText.contentType) }
        routes(OperatorRoutes(router: router))
        self.responder = router.buildResponder()
    }

    /// Serves until graceful shutdown or cancellation.
    /// - Throws: `ListenError` if the address cannot be had.
    public func run() async throws {
        // The framework's own lines tell of its start, which we log, and of the cancellation that ends it. A server that ends for
        // any other reason returns from `run`, and `NamedService` reports that.
        var quiet = logger
        quiet.logLevel = .critical
        let application = Application(
            responder: responder,
            server: .http1(configuration: .init(idleTimeout: .seconds(60))),
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: Int(address.port)), serverName: "shoal",
                availableConnectionsDelegate: .maximum(Self.limitConnections, logger: quiet)),
            onServerRunning: { channel in
                let bound = HostPort(host: address.host, port: UInt16(channel.localAddress?.port ?? Int(address.port)))
                logger.listening(socket: option, address: bound)
                await onListening(bound)
            },
            logger: quiet)
        do {
            try await application.run()
        } catch {
            throw ListenError(option: option, address: address, error: error) ?? error
        }
    }
}

import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
public import ServiceLifecycle

/// The registry that clients on this machine pull from: `/v2/` over HTTP, as a service.
public struct Mirror: Service {
    /// Where the mirror listens and what it takes on.
    public struct Configuration: Sendable {
        public var host = "127.0.0.1"
        /// 0 lets the system choose.
        public var port = 5000
        /// How long running answers may go on after a graceful shutdown begins.
        public var shutdownGrace: Duration = .seconds(8)
        /// nil for plain HTTP.
        public var tls: MirrorTLS?
        public var limits = MirrorLimits()
        public var tags = TagPolicy()
        public var proofs = ProofPolicy()

        public init() {}
    }

    /// The most bytes of a body that are encrypted at a time.
    private static let encryptedChunkBytes = 256 << 10

    private let configuration: Configuration
    private let responder: MirrorResponder
    private let logger: Logger
    private let onListening: @Sendable (_ host: String, _ port: Int) async -> Void

    /// - Parameters:
    ///   - source: where blobs come from.
    ///   - origin: asked for tags and lists.
    ///   - accessLog: told of each request when all of its answer was sent, on threads of the mirror's own: must return at once.
    ///   - onListening: told the address once connections are accepted.
    public init(
        configuration: Configuration, source: any ContentSource, origin: OriginClient, observer: (any MirrorObserver)? = nil,
        accessLog: (@Sendable (AccessEntry) -> Void)? = nil, logger: Logger,
        onListening: @escaping @Sendable (_ host: String, _ port: Int) async -> Void = { _, _ in }
    ) {
        self.configuration = configuration
        self.logger = logger
        self.onListening = onListening
        var limits = configuration.limits
        // What is encrypted passes through memory.
        if configuration.tls != nil { limits.chunkBytes = min(limits.chunkBytes, Self.encryptedChunkBytes) }
        responder = MirrorResponder(
            source: source, origin: origin, observer: observer, limits: limits, tags: configuration.tags,
            proofs: configuration.proofs, isEncrypted: configuration.tls != nil, logger: logger, accessLog: accessLog)
    }

    /// Serves until graceful shutdown or cancellation. At graceful shutdown idle connections close at once and running answers have
    /// `shutdownGrace` to end.
    ///
    /// - Throws: `MirrorError.cannotListen`.
    public func run() async throws {
        let address = BindAddress.hostname(configuration.host, port: configuration.port)
        // Each socket is announced once, by onListening's owner; the framework's own announcements would be a second voice.
        var frameworkLogger = logger
        frameworkLogger.logLevel = max(logger.logLevel, .warning)
        // TCP_NODELAY, without which a head and a body written apart cost 40 ms, is set by NIO's bootstrap on the listening socket, and
        // every accepted connection inherits it.
        let application = Application(
            responder: responder,
            server: HTTPServerBuilder { [responder, configuration] in MirrorChannel($0, responder: responder, tls: configuration.tls) },
            configuration: ApplicationConfiguration(
                address: address, availableConnectionsDelegate: MaximumAvailableConnections(configuration.limits.connections)),
            onServerRunning: { channel in
                let local = channel.localAddress
                await onListening(local?.ipAddress ?? configuration.host, local?.port ?? configuration.port)
            },
            logger: frameworkLogger)
        do {
            try await serve(application)
        } catch let error as IOError {
            throw MirrorError.cannotListen(host: configuration.host, port: configuration.port, why: error.description)
        }
    }

    /// Runs the application, and ends it by force when the grace is over.
    private func serve(_ application: some ApplicationProtocol) async throws {
        let grace = configuration.shutdownGrace
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await application.run()
                return true
            }
            group.addTask {
                try await gracefulShutdown()
                try await Task.sleep(for: grace)
                return false
            }
            defer { group.cancelAll() }
            if try await group.next() == false { logger.warning("the mirror's last answers were cut off: they took too long to end") }
        }
    }
}

/// Why the mirror does not run.
public enum MirrorError: Error, Sendable, Equatable, CustomStringConvertible {
    case cannotListen(host: String, port: Int, why: String)

    public var description: String {
        switch self {
        case .cannotListen(let host, let port, let why):
            "the mirror cannot listen on \(host):\(port): \(why): choose another address with --mirror HOST:PORT, port 0 for any free one"
        }
    }
}

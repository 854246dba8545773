public import Logging
public import NIOPosix
public import Swarm

/// Asks origin registries for tags, manifests and blobs. A request that fails before its answer begins is made again where that may help
/// (`RetryPolicy`); when a body breaks off or stalls, the swarm's policy decides whether and from where to go on, with a range.
public final class OriginClient: Sendable {
    /// The client's time limits and bounds.
    public struct Configuration: Sendable {
        /// How long a connection may take to be made.
        public var connectTimeout: Duration = .seconds(5)
        /// How long an origin may take from the request to the head of its answer, redirects counted apart.
        public var headTimeout: Duration = .seconds(10)
        /// How long a body may give no byte. A reader that takes none for this long meets the same time-out, and goes on with a range.
        public var bodyIdleTimeout: Duration = .seconds(10)
        /// How long a client is kept waiting when a registry limits the rate of requests and says for how long; it has time-outs of its own.
        public var patience: Duration = .seconds(10)
        /// Connections to one server at a time; further requests wait, within `headTimeout`.
        public var connectionsPerHost = 64
        public var userAgent = "shoal"
        /// No registry is asked anything: each request fails at once.
        public var isOffline = false

        public init() {}
    }

    public let directory: RegistryDirectory
    let transport: OriginTransport
    let access: OriginAccess
    let board: EndpointBoard
    let redirects = KnownRedirects()
    let sha256: @Sendable ([UInt8]) -> Digest
    /// Names this client in every request's `Via` (RFC 9110, section 7.6.3), so that a mirror set up as its own origin notices.
    let via = "1.1 shoal-\(UInt64.random(in: .min ... .max))"

    /// - Parameters:
    ///   - credentials: for registries that ask for some; without, only public images can be had.
    ///   - sha256: the digest of a manifest, for origins that name none, such as a static bucket.
    /// - Throws: when the files that a registry's settings name cannot be read.
    public init(
        directory: RegistryDirectory, configuration: Configuration = Configuration(), credentials: Credentials = Credentials(),
        proxies: ProxySettings = ProxySettings(), eventLoopGroup: MultiThreadedEventLoopGroup = .singleton,
        logger: Logger = Logger(label: "origin"), sha256: @escaping @Sendable ([UInt8]) -> Digest
    ) throws(TLSSettingsError) {
        self.directory = directory
        self.sha256 = sha256
        transport = try OriginTransport(directory, configuration, proxies: proxies, group: eventLoopGroup)
        access = OriginAccess(credentials: credentials, server: TokenServer(transport: transport), logger: logger)
        board = EndpointBoard(patience: configuration.patience, logger: logger)
    }

    /// What was given for a digest does not hash to it: mirrors are not asked for it for a while, only their source is.
    public func askTheSource(for digest: Digest) async {
        await redirects.forget(digest)
        await board.doubt(digest)
    }

    /// What servers asked of this agent, as it comes, for other agents. May be read by one task.
    public var pauses: AsyncStream<OriginPause> { board.pauses }

    /// Another agent was told by a server to leave it alone.
    public func leaveAlone(_ server: String, for duration: Duration) async { await board.leaveAlone(server, for: duration) }

    /// How the servers of registries fare, those that ever failed or told their limits.
    public func servers() async -> [OriginServer] { await board.servers }

    /// Requests that were made once more, since they had failed in a way that may pass.
    public func retries() async -> UInt64 { await board.retries }

    /// True when one of these `Via` headers is from a request of this very client.
    func sent(_ via: [String]) -> Bool {
        via.contains { $0.split(separator: ",").contains { $0.trimmed == self.via } }
    }

    /// Closes idle connections. Must be called once, when no request runs any more.
    public func shutdown() async {
        await transport.shutdown()
    }
}

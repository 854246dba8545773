import AsyncHTTPClient
public import Logging
import NIOCore
import NIOHTTP1
public import NIOPosix
public import Swarm

/// Asks origin registries for tags, manifests and blobs. It makes each request once: when a body breaks off or stalls, the swarm's policy
/// decides whether and from where to go on, with a range.
public final class OriginClient: Sendable {
    /// The client's time limits and bounds.
    public struct Configuration: Sendable {
        /// How long a connection may take to be made.
        public var connectTimeout: Duration = .seconds(5)
        /// How long an origin may take from the request to the head of its answer, redirects counted apart.
        public var headTimeout: Duration = .seconds(10)
        /// How long a body may give no byte. A reader that takes none for this long meets the same time-out, and goes on with a range.
        public var bodyIdleTimeout: Duration = .seconds(10)
        /// Connections to one server at a time; further requests wait, within `headTimeout`.
        public var connectionsPerHost = 64
        public var userAgent = "shoal"

        public init() {}
    }

    public let directory: RegistryDirectory
    let configuration: Configuration
    let http: HTTPClient
    let access: OriginAccess
    let redirects = KnownRedirects()
    let sha256: @Sendable ([UInt8]) -> Digest
    /// Names this client in every request's `Via` (RFC 9110, section 7.6.3), so that a mirror set up as its own origin notices.
    let via = "1.1 shoal-\(UInt64.random(in: .min ... .max))"

    /// - Parameters:
    ///   - credentials: for registries that ask for some; without, only public images can be had.
    ///   - sha256: the digest of a manifest, for origins that name none, such as a static bucket.
    public init(
        directory: RegistryDirectory, configuration: Configuration = Configuration(), credentials: Credentials = Credentials(),
        eventLoopGroup: MultiThreadedEventLoopGroup = .singleton, logger: Logger = Logger(label: "origin"),
        sha256: @escaping @Sendable ([UInt8]) -> Digest
    ) {
        self.directory = directory
        self.configuration = configuration
        self.sha256 = sha256
        // Redirects are followed here by stricter rules than a browser's, and bodies are never decoded: digests are of the bytes as sent.
        var settings = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(
                connect: TimeAmount(configuration.connectTimeout), read: TimeAmount(configuration.bodyIdleTimeout)),
            decompression: .disabled)
        // HTTP/2's flow-control windows make one large body slow, and one connection would carry all blobs.
        settings.httpVersion = .http1Only
        settings.connectionPool.retryConnectionEstablishment = false
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = configuration.connectionsPerHost
        // NIO's own bound of 64 KiB makes a large body a wake-up each; idle connections shrink back.
        settings.http1_1ConnectionDebugInitializer = { channel in
            let allocator = AdaptiveRecvByteBufferAllocator(minimum: 2048, initial: 65_536, maximum: Self.readLimitBytes)
            return channel.setOption(.recvAllocator, value: allocator)
        }
        let http = HTTPClient(eventLoopGroupProvider: .shared(eventLoopGroup), configuration: settings)
        self.http = http
        access = OriginAccess(credentials: credentials, server: TokenServer(http: http, configuration: configuration), logger: logger)
    }

    /// Bytes of one read from a connection at most.
    private static let readLimitBytes = 256 << 10

    /// True when one of these `Via` headers is from a request of this very client.
    func sent(_ via: [String]) -> Bool {
        via.contains { $0.split(separator: ",").contains { $0.trimmed == self.via } }
    }

    /// Closes idle connections. Must be called once, when no request runs any more.
    public func shutdown() async {
        // Fails only when called twice, and then there is nothing left to close.
        try? await http.shutdown()
    }
}

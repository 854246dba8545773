import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Carries requests to servers: straight or by a proxy, with the TLS that the registry's settings ask for.
struct OriginTransport: Sendable {
    /// Bytes of one read from a connection at most.
    private static let readLimitBytes = 256 << 10

    let configuration: OriginClient.Configuration
    private let proxies: ProxySettings
    private let direct: HTTPClient
    private let byProxy: [ProxyServer: HTTPClient]
    private let tls: [String: TLSSettings]
    private let directory: RegistryDirectory

    init(
        _ directory: RegistryDirectory, _ configuration: OriginClient.Configuration, proxies: ProxySettings,
        group: MultiThreadedEventLoopGroup
    ) throws(TLSSettingsError) {
        self.configuration = configuration
        self.proxies = proxies
        self.directory = directory
        var tls: [String: TLSSettings] = [:]
        for registry in directory.registries { tls[registry.name] = try TLSSettings(registry) }
        self.tls = tls
        direct = Self.client(configuration, proxy: nil, group)
        var byProxy: [ProxyServer: HTTPClient] = [:]
        for proxy in Set([proxies.http, proxies.https].compactMap { $0 }) {
            byProxy[proxy] = Self.client(configuration, proxy: proxy, group)
        }
        self.byProxy = byProxy
    }

    /// Sends a request and waits for the head of the answer.
    func execute(_ outgoing: HTTPClientRequest, to url: OriginURL, for request: OriginRequest) async throws(OriginError)
        -> HTTPClientResponse
    {
        var outgoing = outgoing
        outgoing.headers.add(name: "user-agent", value: configuration.userAgent)
        if url.scheme == .https, let settings = tls[RegistryDirectory.canonicalName(request.registry)] {
            let isOwn = directory.endpoints(of: request.registry).contains { $0.isSameServer(as: url) }
            outgoing.tlsConfiguration = isOwn ? settings.own : settings.common
        }
        let client = proxies.server(for: url).flatMap { byProxy[$0] } ?? direct
        do {
            return try await client.execute(outgoing, deadline: .now() + TimeAmount(configuration.headTimeout))
        } catch {
            throw request.failed(OriginError.Reason(error, during: .head))
        }
    }

    /// Closes idle connections. Must be called once, when no request runs any more.
    func shutdown() async {
        // Each fails only when called twice, and then there is nothing left to close.
        for client in [direct] + byProxy.values { try? await client.shutdown() }
    }

    private static func client(
        _ configuration: OriginClient.Configuration, proxy: ProxyServer?, _ group: MultiThreadedEventLoopGroup
    ) -> HTTPClient {
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
        settings.proxy = proxy.map(Self.proxy)
        // NIO's own bound of 64 KiB makes a large body a wake-up each; idle connections shrink back.
        settings.http1_1ConnectionDebugInitializer = { channel in
            let allocator = AdaptiveRecvByteBufferAllocator(minimum: 2048, initial: 65_536, maximum: Self.readLimitBytes)
            return channel.setOption(.recvAllocator, value: allocator)
        }
        return HTTPClient(eventLoopGroupProvider: .shared(group), configuration: settings)
    }

    private static func proxy(_ server: ProxyServer) -> HTTPClient.Configuration.Proxy {
        switch server.kind {
        case .socks: return .socksServer(host: server.host, port: server.port)
        case .http:
            let authorization = server.login.map { HTTPClient.Authorization.basic(credentials: Base64.encode(Array($0.revealed.utf8))) }
            return .server(host: server.host, port: server.port, authorization: authorization)
        }
    }
}

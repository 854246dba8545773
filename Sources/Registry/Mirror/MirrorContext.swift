import Hummingbird
import NIOCore

/// What the mirror knows of a request besides the request itself.
struct MirrorContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    private let channel: any Channel
    /// When the head had been read.
    let started: ContinuousClock.Instant
    let trail = AccessTrail()

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
        started = .now
    }

    /// `ADDRESS:PORT` of the client.
    var client: String? { channel.remoteAddress.flatMap { $0.hostAndPort } }

    /// The connection that the request came on.
    func connection() async throws -> ClientConnection { try await ClientConnection(channel) }
}

extension SocketAddress {
    /// `ADDRESS:PORT`, brackets around IPv6; nil for sockets that have neither.
    var hostAndPort: String? {
        guard let host = ipAddress, let port else { return nil }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

import Hummingbird
import NIOCore

/// What the mirror knows of a request besides the request itself.
struct MirrorContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    private let channel: any Channel
    /// When the head had been read.
    let started: ContinuousClock.Instant

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
        started = .now
    }

    /// The connection that the request came on.
    func connection() async throws -> ClientConnection { try await ClientConnection(channel) }
}

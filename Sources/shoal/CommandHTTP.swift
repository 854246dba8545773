import AsyncHTTPClient
import NIOCore

/// The HTTP client of the commands: it gives up at once when nothing listens, and leaves bytes as they are.
enum CommandHTTP {
    /// - Parameters:
    ///   - idleTimeout: how long nothing may come or go while something should; nil for ever.
    ///   - connections: at a time to one server; nil for the client's own choice.
    /// - Throws: what `body` throws.
    static func with<Result>(
        idleTimeout: TimeAmount? = nil, connections: Int? = nil, _ body: (HTTPClient) async throws -> Result
    ) async throws -> Result {
        var timeout = HTTPClient.Configuration.Timeout(connect: .seconds(5))
        (timeout.read, timeout.write) = (idleTimeout, idleTimeout)
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow, timeout: timeout, decompression: .disabled)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        if let connections { configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections }
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let result = try await body(client)
            try await client.shutdown()
            return result
        } catch {
            // The first error is the one that matters.
            try? await client.shutdown()
            throw error
        }
    }
}

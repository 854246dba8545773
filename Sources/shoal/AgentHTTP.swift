import AsyncHTTPClient
import NIOCore

/// The HTTP client of the commands that talk to an agent: it gives up at once when nothing listens, and leaves bytes as they are.
enum AgentHTTP {
    /// - Throws: what `body` throws.
    static func with<Result>(_ body: (HTTPClient) async throws -> Result) async throws -> Result {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: .seconds(5)), decompression: .disabled)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
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

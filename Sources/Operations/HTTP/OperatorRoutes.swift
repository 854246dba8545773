import HTTPTypes
import Hummingbird

/// Where an executable adds its own JSON routes, all under `/api/v1/`.
///
///     OperatorServer(...) { routes in
///         routes.get("swarms") { _ in await tracker.swarms() }
///         routes.get("swarms/{digest}") { request in
///             guard let swarm = await tracker.swarm(try request.parameter("digest")) else { throw OperatorError.notFound("...") }
///             return swarm
///         }
///     }
public struct OperatorRoutes {
    let router: Router<BasicRequestContext>

    /// Answers GET and HEAD of a path with a value as JSON, its keys sorted.
    /// - Parameters:
    ///   - path: relative to `/api/v1/`; `{name}` matches one part.
    ///   - answer: makes the value, or throws `OperatorError`. Any other error becomes 500 and is logged.
    public func get(_ path: String, _ answer: @escaping @Sendable (OperatorRequest) async throws -> some Encodable & Sendable) {
        router.get(RouterPath("/api/v1/\(path)")) { request, context in
            try Response(json: try await answer(OperatorRequest(request: request, context: context)))
        }
    }
}

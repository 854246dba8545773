import HTTPTypes
import Hummingbird
import Logging

/// Refuses request bodies and turns every error into a JSON answer.
struct OperatorErrorMiddleware: RouterMiddleware {
    struct Body: Encodable {
        let error: String
    }

    let logger: Logger

    @concurrent
    func handle(
        _ request: Request, context: BasicRequestContext, next: @concurrent (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        // Nothing here takes a body. Hummingbird would read it to its end to keep the connection, however long it is.
        if request.headers[.transferEncoding] != nil || (request.headers[.contentLength] ?? "0") != "0" {
            var response = try Response(status: .contentTooLarge, json: Body(error: "requests to this server have no body"))
            response.headers[.connection] = "close"
            return response
        }
        do {
            return try await next(request, context)
        } catch let error as OperatorError {
            return try Response(status: error.status, json: Body(error: error.message))
        } catch let error as any HTTPResponseError {
            return try Response(status: error.status, json: Body(error: Self.message(for: error.status, request)))
        } catch {
            logger.error("operator request failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
            return try Response(status: .internalServerError, json: Body(error: "internal error; the log says more"))
        }
    }

    private static func message(for status: HTTPResponse.Status, _ request: Request) -> String {
        switch status {
        case .notFound: "no such path: \(request.uri.path)"
        case .methodNotAllowed: "\(request.method.rawValue) is not allowed here; use GET"
        default: status.reasonPhrase
        }
    }
}

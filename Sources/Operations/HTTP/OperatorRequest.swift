import Foundation
import Hummingbird

/// What a route of the operators' API gets to see of a request.
public struct OperatorRequest: Sendable {
    private let parameters: Parameters
    private let queryParameters: Parameters

    init(request: Request, context: BasicRequestContext) {
        parameters = context.parameters
        queryParameters = request.uri.queryParameters
    }

    /// What stands in the path for `{name}`, percent-decoded.
    /// - Throws: `OperatorError`, 400, if the route has no such part.
    public func parameter(_ name: String) throws -> String {
        guard let value = parameters.get(name) else { throw OperatorError.badRequest("the path has no {\(name)}") }
        return value.removingPercentEncoding ?? value
    }

    /// A query parameter's first value, percent-decoded.
    public func query(_ name: String) -> String? {
        queryParameters.get(name)
    }
}

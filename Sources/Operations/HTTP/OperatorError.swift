public import HTTPTypes

/// What a route throws to answer with an error: the status, and `{"error":"MESSAGE"}` as the body.
public struct OperatorError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The HTTP status, 4xx or 5xx.
    public let status: HTTPResponse.Status
    /// One line that names the thing.
    public let message: String

    /// Takes any status.
    public init(_ status: HTTPResponse.Status, _ message: String) {
        self.status = status
        self.message = message
    }

    /// 404: what the path names does not exist.
    public static func notFound(_ message: String) -> OperatorError { OperatorError(.notFound, message) }

    /// 400: the path or the query cannot be understood.
    public static func badRequest(_ message: String) -> OperatorError { OperatorError(.badRequest, message) }

    /// The status and the message.
    public var description: String { "\(status.code): \(message)" }
}

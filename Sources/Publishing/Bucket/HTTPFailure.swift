import AsyncHTTPClient
import NIOCore
import NIOPosix

/// What the HTTP client throws, in words.
enum HTTPFailure {
    static func text(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { "\($0.error)" } ?? "cannot resolve \(error.host)"
        case let error as HTTPClientError: error.shortDescription
        case let error as IOError: error.description
        default: "\(error)"
        }
    }
}

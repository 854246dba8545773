import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix

/// What the HTTP client throws, in words.
public enum HTTPFailure {
    /// - Returns: one clause: what is wrong with the server or the way to it.
    public static func explain(_ error: any Error) -> String {
        switch error {
        case HTTPParserError.invalidEOFState: "the connection was closed early"
        case let error as HTTPClientError where error == .remoteConnectionClosed: "the connection was closed early"
        case let error as HTTPClientError: error.shortDescription
        case let error as NIOConnectionError: error.connectionErrors.first.map { "\($0.error)" } ?? "cannot resolve \(error.host)"
        case let error as IOError: error.description
        default: TLSFailure.explain(error) ?? "\(error)"
        }
    }
}

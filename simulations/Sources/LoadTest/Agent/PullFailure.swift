import AsyncHTTPClient
import Glibc
import NIOCore
import NIOPosix
import Swarm

/// How a pull failed.
enum PullFailure: Error, Hashable {
    /// No connection, or it broke.
    case connection(String)
    case timeout(String)
    /// A status other than success, with what the mirror says about it.
    case status(UInt, path: String, message: String)
    case size(Digest, expected: UInt64, received: UInt64)
    case bytes(Digest)
    case manifest(String)
    /// The run is over.
    case cancelled

    /// What happened, for counting.
    var kind: String {
        switch self {
        case .connection: "connection failed"
        case .timeout: "timed out"
        case .status(let status, _, _): "status \(status)"
        case .size: "wrong size"
        case .bytes: "wrong bytes"
        case .manifest: "unusable manifest"
        case .cancelled: "cancelled"
        }
    }

    /// The whole of it.
    var text: String {
        switch self {
        case .connection(let why), .timeout(let why): why
        case .status(let status, let path, let message): "\(path): status \(status)\(message.isEmpty ? "" : ": \(message)")"
        case .size(let digest, let expected, let received): "\(digest): \(received) bytes instead of \(expected)"
        case .bytes(let digest): "\(digest): the bytes do not have that digest; this should never happen, so please report it"
        case .manifest(let why): "the manifest cannot be used: \(why)"
        case .cancelled: "the run is over"
        }
    }

    init(_ error: any Error, path: String) {
        switch error {
        case let failure as PullFailure: self = failure
        case is CancellationError: self = .cancelled
        case let error as HTTPClientError where error == .cancelled: self = .cancelled
        case let error as HTTPClientError where [.readTimeout, .deadlineExceeded, .connectTimeout].contains(error):
            self = .timeout("\(path): \(error.shortDescription)")
        default: self = .connection("\(path): \(Self.reason(error))")
        }
    }

    /// What SwiftNIO and its HTTP client say, without their own names for it.
    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError: return error.shortDescription
        case let error as IOError: return String(cString: strerror(error.errnoCode))
        case let error as NIOConnectionError:
            guard let first = error.connectionErrors.first else { return "the host name cannot be resolved" }
            return reason(first.error)
        default: return "\(error)"
        }
    }
}

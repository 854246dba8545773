/// Why the swarm cannot give a blob. Every text is one clear line that names what failed.
public enum ContentError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Every place that could have it was asked and does not.
    case notFound(String)
    /// The origin wants credentials.
    case denied(String)
    /// It may exist, but cannot be had now: network, rate limit, bad bytes, full disk.
    case unavailable(String)
    /// The reader's task was cancelled.
    case cancelled

    /// What an origin's failure means to a client.
    public init(_ error: OriginError) {
        switch error.reason {
        case .notFound, .hidden: self = .notFound(error.description)
        case .unauthorized: self = .denied(error.description)
        case .cancelled: self = .cancelled
        default: self = .unavailable(error.description)
        }
    }

    public var description: String {
        switch self {
        case .notFound(let why), .denied(let why), .unavailable(let why): why
        case .cancelled: "the request was cancelled"
        }
    }
}

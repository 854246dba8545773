/// Why an origin did not give what it was asked for.
public struct OriginError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong, as far as the caller's next step depends on it.
    public enum Reason: Sendable, Hashable {
        /// 404: the origin answered, and does not have it.
        case notFound
        /// 403 of an object store to somebody who may not list its keys: it does not have it, or not for everybody.
        case hidden
        /// 401 or 403 that the credentials at hand do not lift. The challenge, when there is one, is what the origin wants.
        case unauthorized(Challenge?)
        /// 429, with the seconds of its Retry-After when it gave one.
        case rateLimited(retryAfterSeconds: UInt64?)
        /// No connection, or it broke: refused, reset, unknown host, TLS failure, body cut short.
        case unreachable(String)
        /// Nothing came for the time the client allows.
        case timeout(Phase)
        /// An answer that breaks HTTP or the distribution specification, or that this client will not follow.
        case badAnswer(String)
        /// Any other status.
        case status(Int)
        /// The task that asked was cancelled.
        case cancelled
    }

    /// What was being waited for.
    public enum Phase: String, Sendable {
        case head = "an answer"
        case body = "more of the body"
    }

    public let reason: Reason
    public let registry: String
    /// URL path at the origin, without the query, which may hold a signature.
    public let path: String

    public init(_ reason: Reason, registry: String, path: String) {
        self.reason = reason
        self.registry = registry
        self.path = String(path.prefix { $0 != "?" })
    }

    /// True when asking again would get the same answer: any 4xx but 408, 425 and 429. False for what may pass: a network failure, 5xx,
    /// a limit.
    public var isDefinitive: Bool {
        switch reason {
        case .notFound, .hidden, .unauthorized: true
        case .status(let code): (400..<500).contains(code) && code != 408 && code != 425
        case .rateLimited, .unreachable, .timeout, .badAnswer, .cancelled: false
        }
    }

    public var description: String {
        let what = "registry \(registry), \(path)"
        return switch reason {
        case .notFound: "\(what): not found: check the name, and that it was pushed"
        case .hidden:
            "\(what): not found, or not for everybody (403): check the name, that it was published, and that the bucket lets anybody read "
                + "objects; who may list its keys too is told which of these it is"
        case .unauthorized(let challenge):
            "\(what): the registry wants credentials\(challenge.map { " (\($0.scheme))" } ?? "") and has none that may read this: give "
                + "the agent some (--docker-config, or --registry-username and --registry-password-file), or check those it has"
        case .rateLimited(let seconds):
            "\(what): the registry limits the rate of requests: \(seconds.map { "it asks to wait \($0) s" } ?? "wait before trying again")"
        case .unreachable(let why): "\(what): \(why): check the registry's address (--registry NAME=URL) and the network"
        case .timeout(let phase): "\(what): gave up waiting for \(phase.rawValue): check that the registry is up and the network to it"
        case .badAnswer(let how): "\(what): bad answer: \(how): check that the URL is that of a registry, and any proxy before it"
        case .status(let code): "\(what): status \(code): see the registry's own log"
        case .cancelled: "\(what): cancelled"
        }
    }
}

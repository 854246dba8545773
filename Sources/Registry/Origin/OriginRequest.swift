import NIOHTTP1
import Swarm

/// One question to an origin, before redirects and tokens.
struct OriginRequest: Sendable {
    var method: HTTPMethod = .GET
    let registry: String
    let repository: String
    /// Begins with `/v2/`; may have a query.
    let path: String
    var accept: [String] = []
    var byteRange: Range<UInt64>?
    /// What the answer must hash to, where that is known.
    var digest: Digest?
    /// As whom it is asked.
    var identity = OriginIdentity.agent
    /// Whether it is made once and no more: whoever waits can do without an answer.
    var isImpatient = false

    /// The right that it needs, in the words of token servers (distribution's "Token Scope Documentation").
    var scope: String { "repository:\(repository):pull" }

    func failed(_ reason: OriginError.Reason) -> OriginError {
        OriginError(reason, registry: registry, path: path)
    }
}

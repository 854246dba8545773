import Swarm

/// How an order ended.
enum OriginOutcome: Sendable {
    /// Everything has come, or nobody wants it any more.
    case finished
    case failed(OriginFailure)
    /// The last piece came and the whole does not hash to the digest.
    case contradictsDigest
}

extension OriginFailure {
    /// Why, in words.
    var reason: String {
        switch self {
        case .refused(let why), .notFound(let why), .broken(let why): why
        }
    }
}

public import Swarm

/// Why a request target means nothing to the mirror.
public enum MirrorRequestError: Error, Sendable, Equatable, CustomStringConvertible {
    case noSuchEndpoint
    case malformed(String)
    case malformedName(String)
    case malformedNamespace(String)
    case malformedDigest(DigestError)
    case malformedTag(ReferenceError)

    public var description: String {
        switch self {
        case .noSuchEndpoint: "no such endpoint: this mirror serves /v2/, manifests, blobs, tags/list and referrers"
        case .malformed(let how): "malformed request target: \(how)"
        case .malformedName(let name): ReferenceError.malformedRepository(name).description
        case .malformedNamespace(let name): "ns=\(name) is not a registry name: use a host and perhaps a port, such as ghcr.io"
        case .malformedDigest(let error): error.description
        case .malformedTag(let error): error.description
        }
    }
}

import Swarm

/// Where an origin keeps a blob: a registry by name, a repository in it, and which of the two endpoints serves it. A blob's identity is its
/// digest alone; the location only says whom to ask.
public struct ContentLocation: Sendable, Hashable, CustomStringConvertible {
    /// Which collection of the repository holds the content.
    public enum Kind: UInt8, Sendable {
        case manifest
        case blob
    }

    /// Canonical name, such as `docker.io` or `127.0.0.1:5001`; `RegistryDirectory` knows its URL.
    public let registry: String
    /// As the origin knows it: `library/busybox`, never `busybox`, on docker.io.
    public let repository: String
    public let kind: Kind

    public init(registry: String, repository: String, kind: Kind) {
        self.registry = registry
        self.repository = repository
        self.kind = kind
    }

    public var description: String { "\(registry)/\(repository)" }

    /// The path of `digest` at the origin (distribution-spec, "Pulling blobs", "Pulling manifests").
    func path(of digest: Digest) -> String {
        switch kind {
        case .manifest: "/v2/\(repository)/manifests/\(digest)"
        case .blob: "/v2/\(repository)/blobs/\(digest)"
        }
    }
}

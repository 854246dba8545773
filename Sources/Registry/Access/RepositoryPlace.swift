/// A repository of a registry.
public struct RepositoryPlace: Sendable, Hashable, CustomStringConvertible {
    /// Canonical name, such as `docker.io`.
    public let registry: String
    /// As the origin knows it: `library/busybox`.
    public let repository: String

    public init(registry: String, repository: String) {
        self.registry = registry
        self.repository = repository
    }

    public var description: String { "\(registry)/\(repository)" }
}

/// A tag of a repository of a registry: what a person types, and what an origin turns into a digest.
public struct TagLocation: Sendable, Hashable, CustomStringConvertible {
    /// Canonical name, such as `docker.io`.
    public let registry: String
    public let repository: String
    public let tag: String

    public init(registry: String, repository: String, tag: String) {
        self.registry = registry
        self.repository = repository
        self.tag = tag
    }

    public var description: String { "\(registry)/\(repository):\(tag)" }
}

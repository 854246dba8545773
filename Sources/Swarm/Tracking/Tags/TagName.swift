/// A tag of a repository of a registry, as agents name it to their tracker.
public struct TagName: Hashable, Sendable, CustomStringConvertible {
    /// As clients say it, such as `docker.io`.
    public let registry: String
    public let repository: String
    /// Or a digest, of which only is asked whether the repository has it.
    public let tag: String
    /// Whether it is what the registry tells everybody. What it tells those who may know more is another name: agents take the one for a proof that
    /// everybody may have what it means.
    public let isForEverybody: Bool

    /// - Returns: nil where one of these is empty, or longer than a message's text may be.
    public init?(registry: String, repository: String, tag: String, isForEverybody: Bool) {
        guard [registry, repository, tag].allSatisfy({ (1...WireLimits.text).contains($0.utf8.count) }) else { return nil }
        self.registry = registry
        self.repository = repository
        self.tag = tag
        self.isForEverybody = isForEverybody
    }

    public var description: String { "\(registry)/\(repository):\(tag)" }
}

/// What a registry said a tag means. Only names: the manifest itself is verified by its digest.
public struct TagMeaning: Hashable, Sendable {
    public var digest: Digest
    /// Bytes of the manifest; nil when the registry did not say.
    public var size: UInt64?
    /// Empty when the registry did not say.
    public var mediaType: String

    public init(digest: Digest, size: UInt64?, mediaType: String) {
        self.digest = digest
        self.size = size.flatMap { $0 <= PieceLayout.blobSizeLimit ? $0 : nil }
        self.mediaType = mediaType.utf8.count <= WireLimits.text ? mediaType : ""
    }
}

public import Swarm

/// What an origin said a tag means. The claim of one registry at one moment; the manifest itself is still verified by its digest.
public struct ResolvedTag: Sendable, Hashable {
    public let digest: Digest
    /// Bytes of the manifest; nil when the origin did not say.
    public let size: UInt64?
    /// Without parameters; nil when the origin did not say. Only a hint: the verified body decides.
    public let mediaType: String?

    public init(digest: Digest, size: UInt64?, mediaType: String?) {
        self.digest = digest
        self.size = size
        self.mediaType = mediaType
    }
}

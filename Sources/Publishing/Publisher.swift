import Registry
public import Swarm

/// Writes an image as a static registry: blobs first, then the manifests that name them, then the tag. Whoever reads meanwhile finds the old
/// image or the new one, whole.
public struct Publisher: Sendable {
    /// What was done.
    public struct Publication: Sendable, Hashable {
        public let digest: Digest
        public let mediaType: String
        public let manifests: Int
        public let blobs: Int
        /// Of those: there already, with the right size.
        public let skipped: Int
        /// Of all blobs, and of those that were sent.
        public let bytes: UInt64
        public let sentBytes: UInt64
    }

    /// Blobs looked for, or read and sent, at a time.
    static let blobsAtOnce = 4

    private let target: any PublicationTarget
    /// As after `/v2/`.
    private let repository: String
    private let tag: String

    public init(to target: any PublicationTarget, repository: String, tag: String) {
        self.target = target
        self.repository = repository
        self.tag = tag
    }

    /// Publishes an image.
    ///
    /// - Parameters:
    ///   - planned: told once how many bytes will be sent.
    ///   - sent: told how many more have been.
    public func publish(
        _ image: LayoutImage, planned: @escaping @Sendable (UInt64) async -> Void, sent: @escaping @Sendable (Int) async -> Void
    ) async throws(PublishError) -> Publication {
        try await target.open()
        let missing = try await lacking(image.blobs)
        let bytes = missing.reduce(0) { $0 + $1.size }
        await planned(bytes)
        let target = target
        // Largest first, so that the last one to end is not a large one begun late.
        let order = missing.sorted { $0.size > $1.size }
        _ = try await PublishError.inGroup(atMost: Self.blobsAtOnce, order) { (blob) async throws(PublishError) in
            let file = try VerifiedFile(image.path(of: blob.digest), as: blob, partBytes: target.partBytes)
            try await target.put(file, at: path("blobs", "\(blob.digest)"), sent: sent)
        }
        for manifest in image.manifests {
            try await target.put(manifest.bytes, at: path("manifests", "\(manifest.digest)"), mediaType: manifest.mediaType)
        }
        var types = Dictionary(uniqueKeysWithValues: image.manifests.map { (path("manifests", "\($0.digest)"), $0.mediaType) })
        types[path("manifests", tag)] = image.top.mediaType
        try await target.note(types: types)
        try await target.put(image.top.bytes, at: path("manifests", tag), mediaType: image.top.mediaType)
        return Publication(
            digest: image.top.digest, mediaType: image.top.mediaType, manifests: image.manifests.count, blobs: image.blobs.count,
            skipped: image.blobs.count - missing.count, bytes: image.blobs.reduce(0) { $0 + $1.size }, sentBytes: bytes)
    }

    private func lacking(_ blobs: [Descriptor]) async throws(PublishError) -> [Descriptor] {
        let target = target
        let found = try await PublishError.inGroup(atMost: Self.blobsAtOnce * 2, blobs) { (blob) async throws(PublishError) in
            (blob, try await target.size(of: path("blobs", "\(blob.digest)")))
        }
        return found.filter { $0.0.size != $0.1 }.map(\.0)
    }

    private func path(_ kind: String, _ name: String) -> String { "v2/\(repository)/\(kind)/\(name)" }
}

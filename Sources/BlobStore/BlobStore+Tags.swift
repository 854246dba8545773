import Cryptography
import LMDB
public import Swarm

extension BlobStore {
    /// Remembers what a tag stands for, replacing what was remembered. It is on the disk when this returns.
    ///
    /// As long as the manifest is held, `index.json` of the image layout lists it under the reference.
    public func remember(_ reference: Reference, as tag: ResolvedTag) throws(BlobStoreError) {
        try writer.commit([.remember(key: Self.key(of: reference), TagRecord(reference: reference.description, tag: tag))])
        state.withLock { $0.tag(tag.digest) }
        listImages(after: tag.digest)
    }

    /// What a tag stood for when it was last remembered; nil when it never was.
    public func resolve(_ reference: Reference) throws(BlobStoreError) -> ResolvedTag? {
        let tags = index.tags
        let record = try index.read { transaction throws(LMDBError) in try transaction.get(Self.key(of: reference), from: tags) }
        return record?.reference == reference.description ? record?.tag : nil
    }

    /// Forgets what a tag stands for; one that was not remembered is no error.
    public func forget(_ reference: Reference) throws(BlobStoreError) {
        let digest = try resolve(reference)?.digest
        try writer.commit([.forgetTag(key: Self.key(of: reference))])
        if let digest { listImages(after: digest) }
    }

    /// Brings `index.json` up to date when a change of this blob, or of a tag that names it, shows in it.
    ///
    /// The list is for other tools, nothing here depends on it: a full disk is no reason to fail what was done before.
    func listImages(after digest: Digest) {
        guard state.withLock({ $0.tagged.contains(digest) }) else { return }
        try? layout.list { () throws(BlobStoreError) in
            // A descriptor without a media type is not allowed (image-spec, descriptor.md).
            let held = try allTags().filter { !$0.tag.mediaType.isEmpty }.compactMap { record in
                size(of: record.tag.digest).map {
                    ImageLayout.Image(reference: record.reference, mediaType: record.tag.mediaType, digest: record.tag.digest, size: $0)
                }
            }
            return held.sorted { $0.reference < $1.reference }
        }
    }

    func allTags() throws(BlobStoreError) -> [TagRecord] {
        let tags = index.tags
        return try index.read { transaction throws(LMDBError) in
            var found: [TagRecord] = []
            try transaction.forEach(in: tags) { _, record throws(LMDBError) in
                found.append(record)
                return .proceed
            }
            return found
        }
    }

    private static func key(of reference: Reference) -> [UInt8] { StreamingHash.digest(.sha256, of: Array(reference.description.utf8)) }
}

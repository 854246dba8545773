import Cryptography
import LMDB
public import Swarm

extension BlobStore {
    /// Remembers what a tag stands for, replacing what was remembered. It is on the disk when this returns.
    public func remember(_ reference: Reference, as tag: ResolvedTag) throws(BlobStoreError) {
        try writer.commit([.remember(key: Self.key(of: reference), TagRecord(reference: reference.description, tag: tag))])
    }

    /// What a tag stood for when it was last remembered; nil when it never was.
    public func resolve(_ reference: Reference) throws(BlobStoreError) -> ResolvedTag? {
        let tags = index.tags
        let record = try index.read { transaction throws(LMDBError) in try transaction.get(Self.key(of: reference), from: tags) }
        return record?.reference == reference.description ? record?.tag : nil
    }

    /// Forgets what a tag stands for; one that was not remembered is no error.
    public func forget(_ reference: Reference) throws(BlobStoreError) {
        try writer.commit([.forgetTag(key: Self.key(of: reference))])
    }

    private static func key(of reference: Reference) -> [UInt8] { StreamingHash.digest(.sha256, of: Array(reference.description.utf8)) }
}

public import Swarm

/// Content that not everybody may have: the registry whose repositories gave it to those who proved that they may. The store gives it to
/// whoever asks all the same; it only remembers, over restarts too.
extension BlobStore {
    /// Marks have no blob for as long as that is on its way; beyond this number those whose blobs never came go.
    static let restrictionLimit = 262_144

    /// Whose proof a blob's readers need; nil for what everybody may have. Quick enough for an event loop.
    public func restriction(of digest: Digest) -> String? { state.withLock { $0.restrictions[digest] } }

    /// Marks blobs as a registry's, but not those that the store has, whole or in part, and that everybody may have.
    public func restrict(_ digests: [Digest], to registry: String) {
        let new = state.withLock { state in
            let new = digests.filter { state.entries[$0] == nil && state.restrictions[$0] == nil }
            if state.restrictions.count + new.count > Self.restrictionLimit { state.dropIdleRestrictions() }
            for digest in new { state.restrictions[digest] = registry }
            return new
        }
        writer.submit(new.map { .restrict($0, registry) })
    }

    /// Everybody may have it: the registry that it was marked with says so.
    public func unrestrict(_ digest: Digest) {
        if state.withLock({ $0.restrictions.removeValue(forKey: digest) }) != nil { writer.submit([.unrestrict(digest)]) }
    }
}

public import Swarm

extension BlobStore {
    /// Names that are kept of one manifest: more than any image has layers.
    static let namesPerManifest = 4096

    /// Takes note of what a manifest or index names. As long as the store has it, its blobs are evicted only with it, unless another one
    /// names them too. One that the store does not have is passed over. Survives a restart.
    public func record(names: [Digest], of manifest: Digest) {
        var seen: Set<Digest> = [manifest]
        let names = Array(names.filter { seen.insert($0).inserted }.prefix(Self.namesPerManifest))
        if state.withLock({ $0.name(names, by: manifest) }) { writer.submit([.name(manifest, names)]) }
    }
}

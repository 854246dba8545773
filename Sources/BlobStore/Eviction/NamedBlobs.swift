import Swarm

/// Which blobs the manifests name that the store has, and how many manifests name each.
struct NamedBlobs {
    private var lists: [Digest: [Digest]] = [:]
    private var namers: [Digest: Int] = [:]

    /// Whether the blob is a manifest whose names are known.
    func isManifest(_ digest: Digest) -> Bool { lists[digest] != nil }

    /// Whether some manifest that the store has names the blob.
    func isNamed(_ digest: Digest) -> Bool { namers[digest] != nil }

    /// - Returns: whether that is news.
    mutating func set(_ names: [Digest], of manifest: Digest) -> Bool {
        guard lists[manifest] != names else { return false }
        _ = forget(manifest)
        lists[manifest] = names
        for name in names { namers[name, default: 0] += 1 }
        return true
    }

    /// The manifest is gone.
    /// - Returns: blobs that nothing names any more.
    mutating func forget(_ manifest: Digest) -> [Digest] {
        (lists.removeValue(forKey: manifest) ?? []).filter { name in
            let left = (namers[name] ?? 1) - 1
            namers[name] = left > 0 ? left : nil
            return left <= 0
        }
    }
}

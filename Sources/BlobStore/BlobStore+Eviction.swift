import Glibc
public import Swarm

extension BlobStore {
    /// What `makeRoom` did.
    public struct Room: Sendable {
        /// Whole blobs that are gone, in the order in which they went.
        public internal(set) var evicted: [HeldBlob] = []
        /// Whether there is now as much room as was asked for.
        public internal(set) var isEnough = false
    }

    /// Evicts the blobs that were not used for the longest time until `size` more bytes fit both the quota and the free-space floor.
    /// Partial blobs of an earlier run that nobody has asked for since go before any whole one; those of this run stay.
    ///
    /// A blob that somebody reads stays. When the room is not enough, nothing stops the caller from storing all the same.
    /// - Parameter kept: blobs that stay in any case.
    public func makeRoom(for size: UInt64, keeping kept: Set<Digest> = []) throws(BlobStoreError) -> Room {
        var room = Room()
        while try !fits(size) {
            if let leftover = state.withLock({ $0.firstDormant(except: kept) }) {
                try discard(leftover)
                continue
            }
            guard let victim = state.withLock({ $0.leastRecentlyUsed(except: kept) }) else { return room }
            if try evict(victim.digest) { room.evicted.append(victim) }
        }
        room.isEnough = true
        return room
    }

    private func fits(_ size: UInt64) throws(BlobStoreError) -> Bool {
        let used = state.withLock { $0.wholeBytes + $0.partialBytes }
        if let quota = configuration.quotaBytes, used + size > quota { return false }
        guard configuration.freeSpaceFloorBytes > 0 else { return true }
        return try freeBytes() >= configuration.freeSpaceFloorBytes + size
    }

    /// Bytes that this user can still write to the data directory's file system.
    public func freeBytes() throws(BlobStoreError) -> UInt64 {
        var status = statvfs()
        guard statvfs(paths.root.path, &status) == 0 else { throw BlobStoreError(errno: errno, "looking at", paths.root.path) }
        return UInt64(status.f_bavail) * UInt64(status.f_frsize)
    }

    /// Removes a blob unless a reader has come meanwhile.
    private func evict(_ digest: Digest) throws(BlobStoreError) -> Bool {
        let isGone: Bool = try exclusively(digest, unless: { entry in Self.isIdle(entry) ? nil : false }) { _ throws(BlobStoreError) in
            try removeWhole(digest)
            return (nil, true)
        }
        if isGone { listImages(after: digest) }
        return isGone
    }

    private static func isIdle(_ entry: Entry?) -> Bool {
        if case .whole(let whole) = entry { whole.readers == 0 } else { false }
    }
}

extension BlobStore.State {
    fileprivate func firstDormant(except kept: Set<Digest>) -> Digest? {
        entries.compactMap { digest, entry in
            if case .dormant = entry, !kept.contains(digest) { digest } else { nil }
        }.min()
    }

    fileprivate func leastRecentlyUsed(except kept: Set<Digest>) -> BlobStore.HeldBlob? {
        var first: (use: UInt64, blob: BlobStore.HeldBlob)?
        for case (let digest, .whole(let whole)) in entries where whole.readers == 0 && !kept.contains(digest) {
            if let found = first, found.use <= whole.lastUse { continue }
            first = (whole.lastUse, BlobStore.HeldBlob(digest: digest, size: whole.record.size))
        }
        return first?.blob
    }
}

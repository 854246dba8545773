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

    /// Evicts blobs until `size` more bytes fit both the quota and the free-space floor: first partial blobs that nobody wants any more, then
    /// whole ones that no manifest in the store names, then images, a manifest first and its blobs after it; of each kind the one that was
    /// not used for the longest time.
    ///
    /// A blob that somebody reads stays. When the room is not enough, nothing stops the caller from storing all the same.
    /// - Parameter kept: blobs that stay in any case.
    public func makeRoom(for size: UInt64, keeping kept: Set<Digest> = []) throws(BlobStoreError) -> Room {
        var room = Room()
        try makeRoom(Demand(quota: size, disk: size), keeping: kept, &room)
        return room
    }

    /// As the public one; what is gone is in `room` also when it throws.
    func makeRoom(_ demand: Demand, keeping kept: Set<Digest>, _ room: inout Room) throws(BlobStoreError) {
        // What a file takes on the disk is not its length, and not free at once while somebody has it open: so look again.
        for _ in 0..<Self.roundsOfEviction {
            let missing = try shortage(of: demand)
            room.isEnough = missing == 0
            if room.isEnough { return }
            var gained: UInt64 = 0
            while gained < missing {
                guard let freed = try evictOne(keeping: kept, &room) else { return }
                gained += freed
            }
        }
        room.isEnough = try shortage(of: demand) == 0
    }

    private static var roundsOfEviction: Int { 8 }

    /// - Returns: bytes of what is gone; nil when there is nothing that may go.
    private func evictOne(keeping kept: Set<Digest>, _ room: inout Room) throws(BlobStoreError) -> UInt64? {
        if let leftover = state.withLock({ $0.firstDormant(except: kept) }) {
            try discard(leftover.digest)
            return leftover.size
        }
        while let victim = state.withLock({ $0.firstVictim(except: kept) }) {
            do throws(BlobStoreError) {
                guard try evict(victim.digest) else { continue }
            } catch {
                state.withLock { $0.offer(victim.digest) }
                throw error
            }
            room.evicted.append(victim)
            return victim.size
        }
        return nil
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
    fileprivate func firstDormant(except kept: Set<Digest>) -> BlobStore.HeldBlob? {
        incomplete.compactMap { digest in
            guard case .dormant(let size) = entries[digest], !kept.contains(digest) else { return nil }
            return BlobStore.HeldBlob(digest: digest, size: size)
        }.min { $0.digest < $1.digest }
    }
}

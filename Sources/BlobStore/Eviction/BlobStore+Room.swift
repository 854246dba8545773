import Glibc
public import Swarm

extension BlobStore {
    /// Bytes that something new will take.
    struct Demand {
        /// Of the quota.
        var quota: UInt64
        /// Of the file system.
        var disk: UInt64
    }

    /// What came of asking for a place in the store.
    public struct Admission: Sendable {
        /// Whole blobs that had to go, in any case.
        public let evicted: [HeldBlob]
        /// The blob, begun or gone on with; or `overQuota`, `belowFreeSpaceFloor`, or what else stands against it.
        public let partial: Result<PartialBlob, BlobStoreError>
    }

    /// Begins a partial blob as `beginPartial` does, once there is room for all of it. Nothing is evicted for a blob that could not fit.
    ///
    /// - Parameter isCertain: whether more than somebody's claim stands for the size. If not, no room is made and none is taken: else
    ///   whoever claims a large size would empty the store. Call again when it is certain.
    public func admit(_ digest: Digest, size: UInt64, isCertain: Bool = true) -> Admission {
        var room = Room()
        let result: Result<PartialBlob, BlobStoreError>
        do throws(BlobStoreError) {
            // One at a time: two blobs must not be given the same room.
            result = .success(
                try roomTurn.withLock { _ throws(BlobStoreError) in
                    if !isCertain, !state.withLock({ $0.entries.keys.contains(digest) }) {
                        let partial = try beginPartial(digest, size: size)
                        state.withLock { $0.setCertain(false, digest) }
                        return partial
                    }
                    if isCertain, let demand = demand(of: digest, size: size) {
                        try requireAttainable(demand, for: digest, size: size)
                        try makeRoom(demand, keeping: [digest], &room)
                        if !room.isEnough { throw try lack(of: demand, for: digest, size: size) }
                    }
                    let partial = try beginPartial(digest, size: size)
                    if isCertain { state.withLock { $0.setCertain(true, digest) } }
                    return partial
                })
        } catch {
            result = .failure(error)
        }
        return Admission(evicted: room.evicted, partial: result)
    }

    /// Nobody wants a partial blob for now: it may be evicted, and its pieces are verified again should it be begun once more. Whoever reads
    /// it can read on.
    public func suspend(_ digest: Digest) throws(BlobStoreError) {
        try exclusively(digest, unless: { entry -> Void? in if case .partial = entry { nil } else { .some(()) } }) { entry in
            guard case .partial(let partial) = entry else { return (entry, ()) }
            partial.retire(as: .discarded)
            return (.dormant(size: partial.layout.blobSize), ())
        }
    }

    /// Bytes that partial blobs will have when they are whole.
    public var partialBytes: UInt64 { state.withLock { $0.partialBytes } }

    /// The quota in bytes; nil for none.
    public var quotaBytes: UInt64? { configuration.quotaBytes }

    /// Bytes that this user can still write to the data directory's file system.
    public func freeBytes() throws(BlobStoreError) -> UInt64 {
        var status = statvfs()
        guard statvfs(paths.root.path, &status) == 0 else { throw BlobStoreError(errno: errno, "looking at", paths.root.path) }
        return UInt64(status.f_bavail) * UInt64(status.f_frsize)
    }

    /// Bytes that are missing before a demand can be met.
    func shortage(of demand: Demand) throws(BlobStoreError) -> UInt64 {
        let used = state.withLock { $0.wholeBytes + $0.partialBytes }
        let overQuota = configuration.quotaBytes.map { used.addingWithSaturation(demand.quota).subtractingToZero($0) } ?? 0
        return max(overQuota, try shortage(ofDisk: demand.disk))
    }

    /// What partial blobs have still to write is as good as written.
    private func shortage(ofDisk size: UInt64) throws(BlobStoreError) -> UInt64 {
        let free = try freeBytes()
        let needed = configuration.freeSpaceFloorBytes.addingWithSaturation(size).addingWithSaturation(unwrittenBytes)
        return needed.subtractingToZero(free)
    }

    private var unwrittenBytes: UInt64 {
        let partials = state.withLock { state in
            state.incomplete.compactMap {
                if case .partial(let partial) = state.entries[$0], state.uncertain[$0] == nil { partial } else { nil }
            }
        }
        return partials.reduce(0) { $0 + $1.unwrittenBytes }
    }

    /// nil for a blob that has its place already.
    private func demand(of digest: Digest, size: UInt64) -> Demand? {
        let (entry, isUncertain) = state.withLock { ($0.entries[digest], $0.uncertain[digest] != nil) }
        switch entry {
        case .partial where isUncertain: return Demand(quota: size, disk: size)
        case .whole, .partial, .busy: return nil
        case .dormant:
            // Its length counts already; of the file there is only what was written.
            var status = stat()
            let written = stat(paths.partial(digest), &status) == 0 ? UInt64(status.st_blocks) * 512 : 0
            return Demand(quota: 0, disk: size.subtractingToZero(written))
        case nil: return Demand(quota: size, disk: size)
        }
    }

    /// Throws when evicting all that may ever be evicted would not be enough.
    private func requireAttainable(_ demand: Demand, for digest: Digest, size: UInt64) throws(BlobStoreError) {
        let (whole, dormant, wanted) = state.withLock { ($0.wholeBytes, $0.dormantBytes, $0.partialBytes - $0.dormantBytes) }
        let taken = wanted.addingWithSaturation(size)
        if let quota = configuration.quotaBytes, taken > quota { throw .overQuota(digest, size: size, quota: quota) }
        if try shortage(ofDisk: demand.disk) > whole + dormant { throw try belowFloor(digest, size) }
    }

    private func lack(of demand: Demand, for digest: Digest, size: UInt64) throws(BlobStoreError) -> BlobStoreError {
        if try shortage(ofDisk: demand.disk) > 0 { return try belowFloor(digest, size) }
        return .overQuota(digest, size: size, quota: configuration.quotaBytes ?? 0)
    }

    private func belowFloor(_ digest: Digest, _ size: UInt64) throws(BlobStoreError) -> BlobStoreError {
        .belowFreeSpaceFloor(
            digest, size: size, path: paths.root.path, free: try freeBytes(), floor: configuration.freeSpaceFloorBytes)
    }
}

extension UInt64 {
    fileprivate func addingWithSaturation(_ other: UInt64) -> UInt64 {
        let (sum, overflows) = addingReportingOverflow(other)
        return overflows ? .max : sum
    }

    fileprivate func subtractingToZero(_ other: UInt64) -> UInt64 { self > other ? self - other : 0 }
}

import LMDB
public import Swarm

extension BlobStore {
    /// A whole blob and its size in bytes.
    public struct HeldBlob: Hashable, Sendable {
        public let digest: Digest
        public let size: UInt64
    }

    /// Bytes of a whole blob; nil when it is not held whole.
    public func size(of digest: Digest) -> UInt64? { state.withLock { $0.whole(digest)?.record.size } }

    /// All whole blobs, in the order of their digests.
    public var heldBlobs: [HeldBlob] {
        let held = state.withLock { state in
            state.entries.compactMap { digest, entry in
                if case .whole(let whole) = entry { HeldBlob(digest: digest, size: whole.record.size) } else { nil }
            }
        }
        return held.sorted { $0.digest < $1.digest }
    }

    public var heldCount: Int { state.withLock { $0.wholeCount } }

    /// Bytes of all whole blobs together.
    public var heldBytes: UInt64 { state.withLock { $0.wholeBytes } }

    /// Opens a whole blob, which is not evicted while it is open.
    ///
    /// - Throws: `notHeld`, or what the system says; `damaged` when the file is gone or of another size: the blob is not held any more then,
    ///   and can be fetched again.
    public func openForReading(_ digest: Digest) throws(BlobStoreError) -> ReadableBlob {
        let now = configuration.nowSeconds()
        guard let opened = state.withLock({ $0.beginUse(digest, at: now) }) else { throw .notHeld(digest) }
        let (size, birth) = (opened.whole.record.size, opened.whole.birth)
        let state = state
        let release: @Sendable () -> Void = { state.withLock { $0.endUse(digest, birth: birth) } }
        do throws(BlobStoreError) {
            let path = paths.whole(digest)
            let file = try OpenFile(path, .read)
            guard try file.size() == size else { throw .damaged(path: path) }
            if opened.isWorthRecording { writer.submit([.use(digest, opened.whole.record)]) }
            return ReadableBlob(digest, size: size, file: file, atEnd: release)
        } catch {
            release()
            // It may have been removed since it was looked up.
            guard self.size(of: digest) != nil else { throw .notHeld(digest) }
            guard error.isLoss else { throw error }
            try remove(digest)
            throw .damaged(path: paths.whole(digest))
        }
    }

    /// Keeps a whole blob from being evicted for as long as the hold lives. Does not touch the disk.
    /// - Returns: nil when the blob is not held whole.
    public func hold(_ digest: Digest) -> BlobHold? {
        guard let opened = state.withLock({ $0.beginUse(digest, at: nil) }) else { return nil }
        let (state, birth) = (state, opened.whole.birth)
        return BlobHold { state.withLock { $0.endUse(digest, birth: birth) } }
    }

    /// A crash loses the order of uses that lie closer together; `flush` keeps it.
    static var useResolutionSeconds: UInt64 { 60 }

    /// The states S_1 … S_(n-1) of a whole blob, as recorded when it became whole; should the record be missing, one pass over the file finds them.
    public func states(of digest: Digest) throws(BlobStoreError) -> StateList {
        guard let size = size(of: digest) else { throw .notHeld(digest) }
        guard let layout = PieceLayout(blobSize: size) else { throw .tooLarge(digest, size: size) }
        if layout.pieceCount == 1 { return StateList(digest.algorithm) }
        let chains = index.chains
        let packed = try index.read { transaction throws(LMDBError) in try transaction.get(DigestKey(digest), from: chains) }
        if let packed, let list = StateList(digest.algorithm, first: 1, bytes: packed), list.end == layout.pieceCount { return list }
        let blob = try openForReading(digest)
        let (actual, states) = try ChainWalker.walk(blob.file, digest.algorithm, layout: layout)
        guard actual == digest else { throw .wrongDigest(expected: digest, actual: actual) }
        return states
    }

    /// Reads a whole blob again and hashes it. Throws `wrongDigest` or `damaged` when the disk gave back something else.
    public func verify(_ digest: Digest) throws(BlobStoreError) {
        let blob = try openForReading(digest)
        guard let layout = PieceLayout(blobSize: blob.size) else { throw .tooLarge(digest, size: blob.size) }
        let (actual, _) = try ChainWalker.walk(blob.file, digest.algorithm, layout: layout)
        guard actual == digest else { throw .wrongDigest(expected: digest, actual: actual) }
    }

    /// Removes a whole blob. Whoever has it open can read on.
    /// - Returns: whether it was held.
    @discardableResult
    public func remove(_ digest: Digest) throws(BlobStoreError) -> Bool {
        let wasHeld: Bool = try exclusively(
            digest, unless: { entry in if case .whole = entry { nil } else { false } },
            { _ throws(BlobStoreError) in
                try removeWhole(digest)
                return (nil, true)
            })
        if wasHeld { listImages(after: digest) }
        return wasHeld
    }

    /// The file goes first: a record without a file is dropped at the next start, a file without a record would be taken in again.
    func removeWhole(_ digest: Digest) throws(BlobStoreError) {
        try Directory.remove(paths.whole(digest))
        reached(.fileRemoved)
        // The blob is gone whatever becomes of the record.
        writer.submit([.remove(digest)])
        reached(.removalRecorded)
    }

    /// Stores a whole blob that lies in memory, after hashing it. One that is held already is left as it is; a partial one is replaced.
    ///
    /// - Throws: `wrongDigest` when the bytes are not the blob, `diskFull`, or what the system says; nothing is held then.
    public func publish(_ digest: Digest, _ bytes: UnsafeRawBufferPointer) throws(BlobStoreError) {
        guard size(of: digest) == nil else { return }
        let size = UInt64(bytes.count)
        guard let layout = PieceLayout(blobSize: size) else { throw .tooLarge(digest, size: size) }
        var walker = ChainWalker(digest.algorithm, layout: layout)
        walker.update(bytes)
        let (actual, states) = walker.finish()
        guard actual == digest else { throw .wrongDigest(expected: digest, actual: actual) }
        try exclusively(digest, unless: { entry in if case .whole = entry { () } else { nil } }) { entry throws(BlobStoreError) in
            let path = paths.partial.path(of: "new-\(state.withLock { $0.nextTemporaryFile() })")
            let whole = newWhole(size: size)
            do throws(BlobStoreError) {
                let file = try OpenFile(path, .create)
                try file.write(bytes, at: 0)
                try settle(file, at: path, as: digest, whole.record, states)
            } catch {
                try? Directory.remove(path)
                throw error
            }
            if case .partial(let partial) = entry { partial.retire(as: .whole) }
            switch entry {
            case .partial, .dormant: try? Directory.remove(paths.partial(digest))
            default: break
            }
            return (.whole(whole), ())
        }
        listImages(after: digest)
    }

    /// The same with the bytes in an array.
    public func publish(_ digest: Digest, _ bytes: [UInt8]) throws(BlobStoreError) {
        var failure: BlobStoreError?
        bytes.withUnsafeBytes { buffer in
            do throws(BlobStoreError) { try publish(digest, buffer) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// Gives a finished file its place among the whole blobs: flush, rename, flush the directory, record. When it throws, the file is where it was.
    func settle(_ file: OpenFile, at path: String, as digest: Digest, _ record: WholeRecord, _ states: StateList) throws(BlobStoreError) {
        try file.sync()
        reached(.wholeFileSynced)
        try Directory.rename(path, to: paths.whole(digest))
        reached(.wholeFileRenamed)
        do throws(BlobStoreError) {
            try paths.blobs(digest.algorithm).sync()
            reached(.wholeDirectorySynced)
            try writer.commit([.publish(digest, record, states)])
            reached(.wholeRecorded)
        } catch {
            try Directory.rename(paths.whole(digest), to: path)
            throw error
        }
    }
}

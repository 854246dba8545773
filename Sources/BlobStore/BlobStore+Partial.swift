import LMDB
public import Swarm

extension BlobStore {
    /// Partial blobs, those of earlier runs too, with the sizes that they will have, in the order of their digests.
    public var partialBlobs: [HeldBlob] {
        let partial = state.withLock { state in
            state.incomplete.compactMap { digest in state.partialSize(digest).map { HeldBlob(digest: digest, size: $0) } }
        }
        return partial.sorted { $0.digest < $1.digest }
    }

    /// Bytes that a partial blob will have; nil when there is none of the digest.
    public func partialSize(of digest: Digest) -> UInt64? { state.withLock { $0.partialSize(digest) } }

    /// Begins a partial blob, or goes on with one. One of an earlier run is read and verified here: its pieces are those that were recorded
    /// and still link to the recorded states; the others are dropped.
    ///
    /// - Throws: `alreadyHeld`, `differentSize`, `tooLarge`, or what the system says.
    public func beginPartial(_ digest: Digest, size: UInt64) throws(BlobStoreError) -> PartialBlob {
        guard let layout = PieceLayout(blobSize: size) else { throw .tooLarge(digest, size: size) }
        return try exclusively(
            digest,
            unless: { entry throws(BlobStoreError) in
                switch entry {
                case .whole: throw .alreadyHeld(digest)
                case .partial(let partial) where partial.layout == layout: return partial
                case .partial(let partial): throw .differentSize(digest, recorded: partial.layout.blobSize, asked: size)
                case .dormant(let recorded) where recorded != size: throw .differentSize(digest, recorded: recorded, asked: size)
                case .dormant, .busy, nil: return nil
                }
            },
            { entry throws(BlobStoreError) in
                let partial = if case .dormant = entry { try reopen(digest, layout) } else { try begin(digest, layout) }
                return (.partial(partial), partial)
            })
    }

    /// Makes a partial blob whole when none of its pieces is missing. Doing it again for a blob that is whole does nothing.
    ///
    /// - Returns: its states S_1 … S_(n-1).
    /// - Throws: `missingPieces`, `diskFull`, or what the system says; the blob is partial as before then and can be completed later.
    @discardableResult
    public func complete(_ digest: Digest) throws(BlobStoreError) -> StateList {
        let states = try exclusively(
            digest,
            unless: { entry throws(BlobStoreError) -> StateList?? in
                switch entry {
                case .whole: .some(nil)
                case .partial: nil
                case .dormant, .busy, nil: throw .notHeld(digest)
                }
            },
            { entry throws(BlobStoreError) in
                guard case .partial(let partial) = entry else { throw .notHeld(digest) }
                let states = try partial.beginFinishing()
                let whole = newWhole(size: partial.layout.blobSize)
                do throws(BlobStoreError) {
                    try settle(partial.reader.file, at: paths.partial(digest), as: digest, whole.record, states)
                } catch {
                    partial.retire(as: .open)
                    throw error
                }
                partial.retire(as: .whole)
                return (.whole(whole), states)
            })
        listImages(after: digest)
        if let states { return states }
        return try self.states(of: digest)
    }

    /// Drops a partial blob with everything written for it. Whoever reads it can read on.
    /// - Returns: whether there was one.
    @discardableResult
    public func discard(_ digest: Digest) throws(BlobStoreError) -> Bool {
        try exclusively(
            digest,
            unless: { entry in
                switch entry {
                case .whole, .busy, nil: false
                case .partial, .dormant: nil
                }
            },
            { entry throws(BlobStoreError) in
                if case .partial(let partial) = entry { partial.retire(as: .discarded) }
                // Recorded pieces without a file are dropped at the next start.
                try Directory.remove(paths.partial(digest))
                reached(.fileRemoved)
                writer.submit([.forgetPartial(digest)])
                reached(.removalRecorded)
                return (nil, true)
            })
    }

    private func begin(_ digest: Digest, _ layout: PieceLayout) throws(BlobStoreError) -> PartialBlob {
        let path = paths.partial(digest)
        do throws(BlobStoreError) {
            let file = try OpenFile(path, .create)
            try file.truncate(to: layout.blobSize)
            reached(.partialFileMade)
            writer.submit([.begin(digest, size: layout.blobSize)])
            reached(.partialRecorded)
            return PartialBlob(digest, layout: layout, file: file, recovered: nil, writer: writer, atStep: configuration.atStep)
        } catch {
            try? Directory.remove(path)
            throw error
        }
    }

    private func reopen(_ digest: Digest, _ layout: PieceLayout) throws(BlobStoreError) -> PartialBlob {
        let file = try OpenFile(paths.partial(digest), .readWrite)
        try file.truncate(to: layout.blobSize)
        let recovered = try PartialRecovery(digest: digest, layout: layout, index: index).run(file)
        if !recovered.dropped.isEmpty { writer.submit([.forgetPieces(digest, recovered.dropped)]) }
        return PartialBlob(
            digest, layout: layout, file: file, recovered: (recovered.states, recovered.pieces), writer: writer,
            atStep: configuration.atStep)
    }
}

extension BlobStore.State {
    fileprivate func partialSize(_ digest: Digest) -> UInt64? {
        switch entries[digest] {
        case .dormant(let size): size
        case .partial(let partial): partial.layout.blobSize
        case .whole, .busy, nil: nil
        }
    }
}

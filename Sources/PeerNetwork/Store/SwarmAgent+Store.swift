import BlobStore
import Logging
import Swarm
import UVLoop

/// A place in the store for what is being downloaded, and what happens when there is none.
extension SwarmAgent {
    /// Begins a blob whose size has become known, once there is room for it. In turns: room that is being made is for one blob.
    ///
    /// - Parameter isAnew: what is stored of it is worth nothing.
    func begin(_ digest: Digest, _ size: UInt64, isAnew: Bool = false) -> Task<PartialBlob, any Error> {
        let store = store
        let isCertain = node?.believedLayout(of: digest) != nil
        if isCertain { unplaced.remove(digest) } else { unplaced.insert(digest) }
        return storeTurns.add {
            do {
                if isAnew { try await self.loop.work { _ = try store.discard(digest) } }
                return try await self.admit(digest, size, isCertain: isCertain)
            } catch {
                if let refusal = error as? BlobStoreError, refusal.isRefusal { await self.cannotStore(digest, refusal, after: nil) }
                throw error
            }
        }
    }

    /// Makes room for a blob that was begun on a claim, once its size is believed.
    func place(_ digest: Digest) {
        guard unplaced.contains(digest), let size = node?.believedLayout(of: digest)?.blobSize else { return }
        unplaced.remove(digest)
        _ = storeTurns.add {
            do {
                _ = try await self.admit(digest, size)
            } catch let refusal as BlobStoreError where refusal.isRefusal {
                await self.cannotStore(digest, refusal, after: try? await self.partial(of: digest))
            }
        }
    }

    /// Where the blob's pieces go, once it has a place; nil when none is being made.
    ///
    /// - Throws: as `admit`.
    func partial(of digest: Digest) async throws -> PartialBlob? { try await partials[digest]?.value }

    /// - Throws: `BlobStoreError`, or `UVError` when the loop ends.
    func admit(_ digest: Digest, _ size: UInt64, isCertain: Bool = true) async throws -> PartialBlob {
        let store = store
        let admission = try await loop.work { store.admit(digest, size: size, isCertain: isCertain) }
        evicted(admission.evicted)
        return try admission.partial.get()
    }

    /// Blobs had to make room: nobody is to be told any more that they are here.
    func evicted(_ blobs: [BlobStore.HeldBlob]) {
        guard !blobs.isEmpty else { return }
        let bytes = blobs.reduce(0) { $0 + $1.size }
        observer.evicted(blobs: blobs.count, bytes: bytes)
        logger.info("blobs evicted to make room", metadata: ["blobs": "\(blobs.count)", "bytes": "\(bytes)"])
        // One that is here again meanwhile was fetched again.
        for blob in blobs where store.size(of: blob.digest) == nil {
            forgetFile(of: blob.digest)
            feed(.evicted(blob.digest))
        }
    }

    /// The store takes no more of a blob: its clients get the rest past the store.
    ///
    /// - Parameter partial: what was stored until now.
    func cannotStore(_ digest: Digest, _ error: BlobStoreError, after partial: PartialBlob?) {
        guard node?.isTransferring(digest) == true else { return }
        guard readers[digest]?.isEmpty == false || waiting[digest]?.isEmpty == false else {
            // It was to be there before a client asks: when one does, it will be told.
            feed(.cannotStore(digest, "\(error)"))
            return
        }
        observer.storeRefused()
        let metadata: Logger.Metadata = ["digest": "\(digest)", "reason": "\(error)"]
        if storeWarnedAt.map({ now - $0 > Self.storeWarningInterval }) != false {
            storeWarnedAt = now
            logger.warning("a blob is passed to its clients without being kept", metadata: metadata)
        } else {
            logger.debug("another blob is passed to its clients without being kept", metadata: metadata)
        }
        if let states = partial?.states { for reader in (readers[digest] ?? [:]).values { reader.states = states } }
        feed(.cannotStore(digest, "\(error)"))
    }

    /// A full disk concerns every blob: one line is enough for a while.
    private static var storeWarningInterval: Duration { .seconds(600) }

    /// Nobody wants what is there of a blob for now.
    func suspend(_ digest: Digest) {
        let store = store
        _ = storeTurns.add { try await self.loop.work { try store.suspend(digest) } }
    }

    /// All pieces are there: makes the blob whole.
    func publish(_ digest: Digest, _ layout: PieceLayout) {
        guard let partial = partials[digest] else { return }
        let store = store
        Task {
            let stored: PartialBlob
            do {
                stored = try await partial.value
            } catch {
                return feed(.cannotStore(digest, "\(digest.short) could not be stored: \(error)"))
            }
            do {
                let whole = try await loop.work {
                    try store.complete(digest)
                    return try? store.openForReading(digest)
                }
                // Whoever reads it holds it from now on, however slowly.
                for reader in (readers[digest] ?? [:]).values { reader.file = whole ?? stored.reader }
                files.forget(digest)
                partials[digest] = nil
                locations[digest] = nil
                ledgers.finished(digest, "complete", now)
                feed(.published(digest, size: layout.blobSize))
                logger.info("blob complete", metadata: ["digest": "\(digest)", "bytes": "\(layout.blobSize)"])
            } catch {
                // It is whole and right all the same, for those who read it now.
                for reader in (readers[digest] ?? [:]).values { reader.file = stored.reader }
                let failure = error as? BlobStoreError ?? .notHeld(digest)
                cannotStore(digest, failure, after: stored)
            }
            wake(digest)
        }
    }
}

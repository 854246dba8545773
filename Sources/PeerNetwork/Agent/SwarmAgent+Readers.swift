public import BlobStore
import Logging
public import Swarm
import UVLoop

/// Clients' reading of blobs.
extension SwarmAgent {
    /// Bytes for a client.
    public enum Available: Sendable {
        /// Verified bytes of a file.
        case file(ReadableBlob, Range<UInt64>)
        /// Bytes that are on their way past the store.
        case memory([UInt8])
    }

    /// Bytes of a blob that this node holds whole; nil otherwise.
    public func heldSize(of digest: Digest) -> UInt64? {
        node?.holds(digest) == true ? node?.layout(of: digest)?.blobSize : nil
    }

    /// Starts or joins the download of a blob, and returns when its size is known from more than a single peer's word.
    ///
    /// - Parameter location: where the origin has it, should this node be the one to fetch it.
    /// - Throws: why it cannot be had; soon after the task is cancelled, that it was. The download goes on.
    public func open(_ digest: Digest, at location: OriginLocation) async throws(TransferFailure) -> BlobReader {
        lastReader += 1
        let id = ReaderID(lastReader)
        if let reader = try await openHeld(digest, id, location) {
            reader.isHeld = true
            return reader
        }
        remember(location, for: digest)
        if node?.isTransferring(digest) != true {
            let stored = await stored(digest)
            // It may have become whole while the store was asked.
            if let reader = try await openHeld(digest, id, location) { return reader }
            ledgers.begin(digest, now)
            feed(.want(digest, reader: id, stored: stored, size: namedSizes[digest]))
        } else {
            feed(.want(digest, reader: id, stored: nil, size: namedSizes[digest]))
        }
        do throws(TransferFailure) {
            return try await sized(digest, id, location)
        } catch {
            feed(.readerLeft(digest, id))
            guard case .cannotStore = error else { throw error }
            return try await passage(digest, id, at: location)
        }
    }

    /// Waits until the size of a wanted blob is believed.
    private func sized(_ digest: Digest, _ id: ReaderID, _ location: OriginLocation) async throws(TransferFailure) -> BlobReader {
        while true {
            if isStopping { throw .unavailable("the agent is shutting down") }
            if let layout = node?.believedLayout(of: digest), node?.isTransferring(digest) == true {
                let reader = BlobReader(id: id, digest: digest, layout: layout, file: nil, location: location)
                readers[digest, default: [:]][id] = reader
                return reader
            }
            if let reader = try await openHeld(digest, id, location) { return reader }
            guard node?.isTransferring(digest) == true else {
                throw .unavailable("\(digest.short) is not being downloaded any more")
            }
            if let failure = await change(of: digest) { throw failure }
        }
    }

    /// Waits until the byte at `offset` is verified; or until it has come from the origin, if the blob cannot be stored.
    ///
    /// - Returns: the bytes from there on, at least one and at most `limit`.
    /// - Throws: why they cannot be had; soon after the task is cancelled, that it was. The reader stays open.
    public func available(_ reader: BlobReader, at offset: UInt64, limit: Int) async throws(TransferFailure) -> Available {
        let piece = reader.layout.piece(at: offset)
        moved(reader, to: piece)
        while true {
            if let file = reader.file {
                return .file(file, reach(of: reader, from: offset, limit: limit))
            }
            if case .cannotStore = reader.ended {
                return .memory(try await passed(reader, at: offset, limit: limit))
            }
            if let failure = reader.ended { throw failure }
            if node?.isReleased(reader.digest, piece: piece) == true, let file = try await file(of: reader) {
                if case .cannotStore = reader.ended { continue }
                if let failure = reader.ended { throw failure }
                reader.hasGivenBytes = true
                return .file(file, reach(of: reader, from: offset, limit: limit))
            }
            if isStopping { throw .unavailable("the agent is shutting down") }
            if node?.isTransferring(reader.digest) != true, node?.holds(reader.digest) != true {
                throw reader.ended ?? .unavailable("\(reader.digest.short) is not being downloaded any more")
            }
            guard let failure = await change(of: reader.digest, piece: piece) else { continue }
            guard case .cannotStore = failure else { throw failure }
            reader.ended = failure
        }
    }

    /// The reader is done or gone. The download goes on: what has begun is worth finishing, for this node or for others.
    public func close(_ reader: BlobReader) {
        readers[reader.digest]?[reader.id] = nil
        if readers[reader.digest]?.isEmpty == true { readers[reader.digest] = nil }
        feed(.readerLeft(reader.digest, reader.id))
    }

    /// Where a reader's bytes have come from so far; neither, where nothing has come or that was long ago.
    public func provenance(of reader: BlobReader) -> (fromOrigin: Bool, fromPeers: Bool, isHeld: Bool) {
        if reader.isHeld { return (false, false, true) }
        let ledger = ledgers.active[reader.digest] ?? ledgers.finished.last { $0.digest == reader.digest }
        // What goes past the store is in no ledger.
        let isPassed = if case .cannotStore = reader.ended { true } else { false }
        return (isPassed || (ledger?.bytesFromOrigin ?? 0) > 0, (ledger?.bytesFromPeers ?? 0) > 0, false)
    }

    /// What there is from `offset` on, now that the piece there is released: its rest, and what is released behind it.
    private func reach(of reader: BlobReader, from offset: UInt64, limit: Int) -> Range<UInt64> {
        let (layout, wanted) = (reader.layout, min(offset + UInt64(limit), reader.size))
        var piece = layout.piece(at: offset)
        var end = layout.offset(of: piece) + UInt64(layout.length(of: piece))
        while end < wanted, node?.isReleased(reader.digest, piece: piece + 1) == true {
            piece += 1
            end += UInt64(layout.length(of: piece))
        }
        return offset..<min(end, wanted)
    }

    /// Tells the policy where the reader of a blob under way is, when that is new.
    private func moved(_ reader: BlobReader, to piece: Int) {
        guard reader.file == nil, reader.piece != piece else { return }
        reader.piece = piece
        feed(.readerMoved(reader.digest, reader.id, piece: piece))
    }

    private func file(of reader: BlobReader) async throws(TransferFailure) -> ReadableBlob? {
        if let partial = partials[reader.digest] {
            do {
                return try await partial.value.reader
            } catch {
                // That the store takes no more is told to the readers.
                if case .cannotStore = reader.ended { return nil }
                throw .unavailable("\(reader.digest.short) cannot be stored: \(error)")
            }
        }
        guard node?.holds(reader.digest) == true else { return nil }
        reader.file = try await openFile(reader.digest)
        return reader.file
    }

    /// nil when the blob is not held, or not any more.
    private func openHeld(_ digest: Digest, _ id: ReaderID, _ location: OriginLocation) async throws(TransferFailure) -> BlobReader? {
        guard node?.holds(digest) == true, let layout = node?.layout(of: digest), let file = try await openFile(digest) else { return nil }
        return BlobReader(id: id, digest: digest, layout: layout, file: file, location: location)
    }

    /// nil when the blob has just been evicted, or its file is gone: then it is fetched again.
    private func openFile(_ digest: Digest) async throws(TransferFailure) -> ReadableBlob? {
        let store = store
        do {
            return try await loop.work { try store.openForReading(digest) }
        } catch {
            guard store.size(of: digest) == nil else { throw .unavailable("\(digest.short) is held but cannot be read: \(error)") }
            logger.debug("a held blob is gone", metadata: ["digest": "\(digest)", "reason": "\(error)"])
            forgetFile(of: digest)
            feed(.evicted(digest))
            return nil
        }
    }

    func remember(_ location: OriginLocation, for digest: Digest) {
        var known = locations[digest] ?? []
        known.removeAll { $0 == location }
        known.append(location)
        locations[digest] = Array(known.suffix(8))
    }

    /// What an earlier run left of the blob, verified again. Concurrent askers share one look.
    func stored(_ digest: Digest) async -> StoredPieces? {
        if let running = opening[digest] { return await running.value }
        let store = store
        guard store.partialSize(of: digest) != nil else { return nil }
        let taken = storeTurns.add { () -> (PartialBlob, StoredPieces)? in
            guard let size = store.partialSize(of: digest) else { return nil }
            let partial = try await self.admit(digest, size)
            return try await self.loop.work {
                let states = partial.states
                var pieces = PieceSet(pieceCount: partial.layout.pieceCount)
                for piece in partial.pieces where piece < states.end { pieces.insert(piece) }
                return (partial, StoredPieces(size: size, states: states, pieces: pieces))
            }
        }
        let task = Task<StoredPieces?, Never> {
            guard let (partial, stored) = try? await taken.value else { return nil }
            if partials[digest] == nil { partials[digest] = PartialPlace(partial) }
            return stored
        }
        opening[digest] = task
        defer { opening[digest] = nil }
        return await task.value
    }

    /// A verified manifest names these blobs and their sizes in bytes: then no peer can lie about those, and the store keeps them with it.
    public func learn(_ named: [(Digest, UInt64)], from manifest: Digest) {
        for (digest, size) in named { namedSizes.remember(digest, size) }
        let store = store
        // What is on its way out when the agent stops need not be noted.
        Task { try? await loop.work { store.record(names: named.map(\.0), of: manifest) } }
    }

    /// The blob turned out to have another size than clients were told, or none that they could be given: their bodies end here.
    func endReaders(of digest: Digest, reason: String, where isMisled: (BlobReader) -> Bool) {
        for (id, reader) in readers[digest] ?? [:] where isMisled(reader) {
            reader.ended = .unavailable("\(digest.short) began to be served and then turned out wrong: \(reason)")
            readers[digest]?[id] = nil
        }
    }

    // MARK: Waiting

    /// Waits until something about the blob changes, or the task is cancelled; the failure if there is one.
    ///
    /// - Parameter piece: nobody but this piece's waiters needs to hear that it is released, and they of no other.
    private func change(of digest: Digest, piece: Int? = nil) async -> TransferFailure? {
        lastWaiter += 1
        let id = lastWaiter
        return await withTaskCancellationHandler {
            await withCheckedContinuation { waiting[digest, default: []].append(Waiter(id: id, piece: piece, $0)) }
        } onCancel: {
            Task { await cancelWaiter(id, for: digest) }
        }
    }

    private func cancelWaiter(_ id: UInt64, for digest: Digest) {
        guard let index = waiting[digest]?.firstIndex(where: { $0.id == id }), let waiter = waiting[digest]?.remove(at: index) else {
            return
        }
        if waiting[digest]?.isEmpty == true { waiting[digest] = nil }
        waiter.resume(failing: .unavailable("whoever waited for \(digest.short) has left"))
    }

    func wake(_ digest: Digest) {
        for waiter in waiting.removeValue(forKey: digest) ?? [] { waiter.resume() }
    }

    /// Wakes those for whom it makes a difference that more pieces are released: a task that is woken for nothing costs as much as one that
    /// gets its bytes, and most pieces come long before their readers want them.
    func wakeReleased(_ digest: Digest) {
        guard let all = waiting[digest] else { return }
        let ready = all.filter { waiter in waiter.piece.map { node?.isReleased(digest, piece: $0) == true } ?? true }
        guard !ready.isEmpty else { return }
        let rest = all.filter { waiter in !ready.contains { $0.id == waiter.id } }
        waiting[digest] = rest.isEmpty ? nil : rest
        for waiter in ready { waiter.resume() }
    }
}

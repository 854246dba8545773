import BlobStore
import Logging
import Swarm
import UVLoop

/// Streaming from the origin: hash in order, store, report each piece as soon as it is there.
extension SwarmAgent {
    func fetchOrigin(_ digest: Digest, _ order: OriginOrder) {
        originRuns[digest]?.cancel()
        originRuns[digest] = Task { await stream(digest, order) }
    }

    private func stream(_ digest: Digest, _ order: OriginOrder) async {
        var failure: OriginFailure?
        do throws(OriginFailure) {
            try await run(digest, order)
        } catch {
            failure = error
        }
        guard !Task.isCancelled else { return }
        originRuns[digest] = nil
        if let failure { logger.notice("origin fetch ended early", metadata: ["digest": "\(digest)", "reason": "\(failure)"]) }
        feed(.originEnded(digest, failure))
    }

    /// Tries the places where clients said that the blob is, newest first.
    private func answer(_ digest: Digest, _ range: Range<UInt64>?) async throws(OriginFailure) -> OriginAnswer {
        var failure = OriginFailure.refused("nobody said which registry has \(digest.short)")
        for location in (locations[digest] ?? []).reversed() {
            do throws(OriginFailure) {
                return try await origin.fetch(digest, at: location, range: range)
            } catch {
                failure = error
            }
        }
        throw failure
    }

    private func run(_ digest: Digest, _ order: OriginOrder) async throws(OriginFailure) {
        let range = node?.layout(of: digest).map { $0.byteRange(of: order.firstPiece..<(order.endPiece ?? $0.pieceCount)) }
        let answer = try await answer(digest, order.firstPiece == 0 && order.endPiece == nil ? nil : range)
        guard !Task.isCancelled else { return }
        feed(.originAnswered(digest, size: answer.blobSize))
        guard !Task.isCancelled, let layout = node?.layout(of: digest), layout.blobSize == answer.blobSize, let partial = partials[digest]
        else { return }
        let stored: PartialBlob
        do {
            stored = try await partial.value
        } catch {
            throw .refused("\(digest.short) cannot be stored: \(error)")
        }
        let pieces = OriginPieces(
            layout: layout, pieces: order.firstPiece..<(order.endPiece ?? layout.pieceCount), memory: memory)
        let failure = await take(pieces, of: digest, from: answer, startingAt: order.start, into: stored)
        if let failure { throw failure }
    }

    /// Hashes and stores what an answer brings, piece by piece: one while the next one arrives.
    ///
    /// - Returns: why it ended early; nil when all has come. What had arrived counts in either case.
    private func take(
        _ pieces: OriginPieces, of digest: Digest, from answer: OriginAnswer, startingAt start: ChainState?, into partial: PartialBlob
    ) async -> OriginFailure? {
        await withTaskGroup(of: Result<ChainState?, OriginFailure>.self) { group in
            var pieces = pieces
            var state = start
            var lastBeat = now
            do throws(OriginFailure) {
                while let whole = try await pieces.next(
                    from: answer,
                    received: { bytes in
                        observer.originReceived(bytes: bytes)
                        ledgers.receivedFromOrigin(digest, bytes)
                        if now - lastBeat > .milliseconds(500), !Task.isCancelled {
                            lastBeat = now
                            feed(.originFlows(digest))
                        }
                    })
                {
                    if let previous = await group.next() { state = try previous.get() ?? state }
                    guard !Task.isCancelled else { return nil }
                    let start = state
                    group.addTask { await self.keep(whole, of: digest, from: start, in: partial) }
                }
                if let last = await group.next() { _ = try last.get() }
                return nil
            } catch {
                await group.waitForAll()
                return error
            }
        }
    }

    /// Hashes and stores one piece, and reports it.
    ///
    /// - Returns: the state after it.
    private func keep(
        _ whole: OriginPieces.Whole, of digest: Digest, from start: ChainState?, in partial: PartialBlob
    ) async -> Result<ChainState?, OriginFailure> {
        let (piece, buffer, length) = (whole.piece, whole.buffer, whole.length)
        let result: PieceWork.OriginPiece
        do {
            result = try await loop.work {
                try buffer.withBytes(length) { try PieceWork.storeFromOrigin($0, piece, start: start, in: partial) }
            }
        } catch {
            if let refusal = error as? BlobStoreError, refusal.isRefusal { cannotStore(digest, refusal, after: partial) }
            return .failure(.refused("\(digest.short) cannot be stored: \(error)"))
        }
        guard !Task.isCancelled else { return .success(nil) }
        switch result {
        case .state(let state):
            feed(.originBrought(digest, piece: piece, end: state))
            return .success(state)
        case .last: feed(.originBrought(digest, piece: piece, end: nil))
        case .contradictsDigest:
            originRuns[digest] = nil
            feed(.originContradictsDigest(digest))
        }
        return .success(nil)
    }
}

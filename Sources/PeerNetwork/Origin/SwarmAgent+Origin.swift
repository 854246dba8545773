import BlobStore
import Logging
import Swarm
import UVLoop

/// Streaming from the origin: hash in order, store, report each piece.
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
        let end = order.endPiece ?? layout.pieceCount
        var stream = OriginPieces(layout: layout, pieces: order.firstPiece..<end)
        var state = order.start
        var lastBeat = now
        // One piece is hashed and written while the next one arrives.
        var hashing: (piece: Int, task: Task<PieceWork.OriginPiece, any Error>)?
        while let whole = try await stream.next(
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
            if let previous = hashing { state = try await settle(digest, previous.piece, previous.task) ?? state }
            guard !Task.isCancelled else { return }
            let start = state
            let (piece, buffer, length) = (whole.piece, whole.buffer, whole.length)
            hashing = (
                piece,
                Task {
                    try await loop.work {
                        try PieceWork.storeFromOrigin(
                            UnsafeRawBufferPointer(rebasing: buffer.bytes[0..<length]), piece, start: start, in: stored)
                    }
                }
            )
        }
        if let previous = hashing { _ = try await settle(digest, previous.piece, previous.task) }
    }

    /// Waits until a piece is hashed and stored, and reports it.
    ///
    /// - Returns: the state after it.
    private func settle(
        _ digest: Digest, _ piece: Int, _ task: Task<PieceWork.OriginPiece, any Error>
    ) async throws(OriginFailure) -> ChainState? {
        let result: PieceWork.OriginPiece
        do {
            result = try await task.value
        } catch {
            throw .refused("\(digest.short) cannot be stored: \(error)")
        }
        guard !Task.isCancelled else { return nil }
        switch result {
        case .state(let state):
            feed(.originBrought(digest, piece: piece, end: state))
            return state
        case .last: feed(.originBrought(digest, piece: piece, end: nil))
        case .contradictsDigest:
            originRuns[digest] = nil
            feed(.originContradictsDigest(digest))
        }
        return nil
    }
}

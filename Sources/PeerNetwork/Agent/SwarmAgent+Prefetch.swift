public import Swarm

/// Fetching what a client is about to ask for.
extension SwarmAgent {
    /// Starts the download of blobs that a manifest names which a client was just given, all of them at once, so that the tracker can spread
    /// their leases and peers are found while the client still reads the manifest.
    ///
    /// Nobody waits for them, and nobody is told if one cannot be had: whoever asks for it later will be.
    /// - Parameter location: where the origin has them.
    public func prefetch(_ blobs: [Digest], at location: OriginLocation) async {
        let room = max(0, settings.prefetchLimit - activeTransfers)
        var found: [(digest: Digest, stored: StoredPieces?)] = []
        for digest in blobs.filter(isMissing).prefix(room) { found.append((digest, await stored(digest))) }
        // A client may have come first while the store was asked.
        for (digest, stored) in found where isMissing(digest) {
            remember(location, for: digest)
            ledgers.begin(digest, now)
            lastReader += 1
            let id = ReaderID(lastReader)
            feed(.want(digest, reader: id, stored: stored, size: namedSizes[digest]))
            feed(.readerLeft(digest, id))
        }
    }

    private func isMissing(_ digest: Digest) -> Bool {
        !isStopping && node?.holds(digest) == false && node?.isTransferring(digest) == false
    }
}

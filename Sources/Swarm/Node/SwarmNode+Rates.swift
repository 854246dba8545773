import OrderedCollections

/// How fast pieces may go and come.
extension SwarmNode {
    /// Whether the upload rate allows a fragment now.
    func mayUpload(_ now: Instant) -> Bool { uploadBucket?.isFree(at: now) != false }

    /// Uploads wait for their rate, so that ticks must come often.
    var areUploadsPaced: Bool { uploadBucket != nil && neighbours.values.contains { !$0.uploads.isEmpty } }

    /// Bytes that may be asked of all peers together: what comes in within a second. What waits longer for our own link looks late, is asked
    /// for again, and comes twice.
    func inFlightBytes(_ now: Instant) -> Int {
        let rate = bestArrivalRate.best(within: settings.inFlightMemory, now: now) ?? Int(arrivalRate.bytesPerSecond)
        return min(settings.inFlightLimitBytes, max(settings.leastInFlightBytes, Int(Double(rate) * settings.inFlightTime.inSeconds)))
    }

    /// A piece has come whole from a peer.
    mutating func arrived(_ bytes: Int, _ now: Instant) {
        arrivalRate.record(bytes, now: now)
        bestArrivalRate.note(Int(arrivalRate.bytesPerSecond), memory: settings.inFlightMemory, now: now)
    }

    /// What was asked of peers and is not stored yet, bytes.
    var gatheringBytes: Int {
        var bytes = 0
        for index in transfers.values.indices { bytes += transfers.values[index].gatheringBytes }
        return bytes
    }

    /// How long all that was asked for takes to come, at the rate at which it comes.
    var delayOfLink: Duration {
        guard arrivalRate.bytesPerSecond > 0 else { return .zero }
        return min(.seconds(Double(gatheringBytes) / arrivalRate.bytesPerSecond), settings.transfer.stalledAfter)
    }

    /// Bytes that may be asked of peers now; the last piece may go beyond. What is asked for comes soon after, so this bounds the rate at
    /// which pieces arrive to a piece or so.
    func downloadAllowance(_ now: Instant) -> Int { downloadBucket?.allowance(at: now) ?? .max }
}

import BasicContainers

/// How fast pieces may go and come.
///
/// What is asked at each event is always inlined: a node is not to be copied, so that for a call from a mutating function all of it is moved there and
/// back.
extension SwarmNode {
    /// Whether the upload rate allows a fragment now.
    @inline(__always)
    func mayUpload(_ now: Instant) -> Bool { uploadBucket?.isFree(at: now) != false }

    /// Uploads wait for their rate, so that ticks must come often.
    var areUploadsPaced: Bool { uploadBucket != nil && uploads.contains { $0.isAnythingWaiting } }

    /// Bytes that may be asked of all peers together: what comes in within two seconds. What waits much longer for our own link looks late, is
    /// asked for again, and comes twice. With less, a node whose peers take a second to answer would be given less the slower it is. Beyond
    /// what peers let wait, they decline it.
    @inline(__always)
    func inFlightBytes(_ now: Instant) -> Int {
        let rate = linkRate(now)
        let brought = Int(rate * settings.inFlightTime.inSeconds)
        let queued = max(settings.queuedInFlightBytes, Int(rate * settings.uploadQueue.inSeconds))
        let least = max(settings.leastInFlightBytes, settings.leastInFlightPieces * longestPiece)
        return min(settings.inFlightLimitBytes, max(least, min(brought, queued))) / originPrecedence(now)
    }

    /// What is asked of peers is divided by this, because all others wait for what comes from an origin: for a blob that comes from there slower than
    /// all that peers send, as these are many on a slow link and the origin is one, and above all for the last of it before another node goes on.
    @inline(__always)
    private func originPrecedence(_ now: Instant) -> Int {
        for index in transfers.values.indices where transfers.values[index].mandate == .lease && transfers.values[index].run != nil {
            if transfers.values[index].handOverDeadline != nil { return .max }
            // Before, there is no telling.
            guard now - transfers.values[index].leasedAt > Self.originTrial else { continue }
            if originRate.bytesPerSecond < arrivalRate.bytesPerSecond { return Self.crowdedOut }
        }
        return 1
    }

    private static let crowdedOut = 4
    /// How long a lease is held before its rate tells anything.
    private static let originTrial = Duration.seconds(1)

    /// Of the blobs that are on their way, bytes.
    @inline(__always)
    private var longestPiece: Int {
        var longest = 0
        for index in transfers.values.indices { longest = max(longest, transfers.values[index].layout?.pieceLength ?? 0) }
        return longest
    }

    /// How long this node's own link may take for all that was asked for: twice as long as at its best, because whole pieces are counted, and
    /// on a slow link two that come together look like a quick one. While nothing comes it is not the link that is waited for.
    func delayOfLink(_ now: Instant) -> Duration {
        let rate = linkRate(now)
        guard rate > 0, now - linkUsedAt <= Self.longestPause else { return .zero }
        return min(.seconds(2 * Double(gatheringBytes) / rate), settings.transfer.stalledAfter)
    }

    /// However slow the link is, some bytes of what is under way come within this time (`flows`).
    private static let longestPause = Duration.seconds(1)

    /// Bytes come from a peer. How long all were silent before is no measure of the link.
    mutating func linkIsUsed(_ now: Instant) {
        if now - linkUsedAt > Self.longestPause { arrivalRate.begin(now: now) }
        linkUsedAt = now
    }

    /// What the link brings, bytes a second: the best that peers made of it lately, because a pause of theirs is none of the link's.
    @inline(__always)
    private func linkRate(_ now: Instant) -> Double {
        bestArrivalRate.best(within: settings.inFlightMemory, now: now).map(Double.init) ?? arrivalRate.bytesPerSecond
    }

    /// A piece has come whole from a peer.
    mutating func arrived(_ bytes: Int, _ now: Instant) {
        arrivalRate.record(bytes, now: now)
        bestArrivalRate.note(Int(arrivalRate.bytesPerSecond), memory: settings.inFlightMemory, now: now)
    }

    /// What was asked of peers and is not stored yet, bytes.
    @inline(__always)
    var gatheringBytes: Int {
        var bytes = 0
        for index in transfers.values.indices { bytes += transfers.values[index].gatheringBytes }
        return bytes
    }

    /// Bytes that may be asked of peers now; the last piece may go beyond. What is asked for comes soon after, so this bounds the rate at
    /// which pieces arrive to a piece or so.
    @inline(__always)
    func downloadAllowance(_ now: Instant) -> Int { downloadBucket?.allowance(at: now) ?? .max }
}

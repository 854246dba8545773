/// How fast the holder of a lease brings the blob, measured by the chain states that it vouches for.
struct LeasePace: Sendable {
    private struct Mark {
        let at: Instant
        /// Leading pieces vouched for by then.
        let pieces: Int
    }

    private let pieceLength: Int
    private let begin: Mark
    private var window: Mark
    /// What the last full window brought, bytes a second; nil before the first has ended.
    private(set) var rate: Int?

    /// So many pieces make a window: with fewer a piece more or less is most of the result.
    private static let windowPieces = 4
    /// But it ends after so many trials' time in any case.
    private static let longestWindow = 4

    /// - Parameter pieces: leading pieces that were vouched for when the holder first spoke. It need not have brought them itself.
    init(pieces: Int, pieceLength: Int, now: Instant) {
        self.pieceLength = pieceLength
        begin = Mark(at: now, pieces: pieces)
        window = begin
    }

    /// The holder has vouched for so many leading pieces by now.
    ///
    /// - Parameter trial: the shortest time over which it is measured.
    /// - Returns: whether that ended a window, so that `rate` is new.
    mutating func note(_ pieces: Int, trial: Duration, now: Instant) -> Bool {
        let elapsed = now - window.at
        guard elapsed >= trial, pieces - window.pieces >= Self.windowPieces || elapsed >= trial * Self.longestWindow else { return false }
        rate = bytesPerSecond(pieces - window.pieces, in: elapsed)
        window = Mark(at: now, pieces: pieces)
        return true
    }

    /// Bytes a second that the holder brings at most, counting the piece that is on its way as brought: the better of this window and of
    /// all its time, so that a short rest of the origin is not taken for a slow link.
    ///
    /// - Returns: nil before it was measured for a whole trial.
    func most(_ pieces: Int, trial: Duration, now: Instant) -> Int? {
        guard now - begin.at >= trial else { return nil }
        let overall = bytesPerSecond(pieces - begin.pieces + 1, in: now - begin.at)
        let lately = now - window.at >= trial ? bytesPerSecond(pieces - window.pieces + 1, in: now - window.at) : rate ?? 0
        return max(overall, lately)
    }

    /// How long the holder has been measured.
    func age(_ now: Instant) -> Duration { now - begin.at }

    private func bytesPerSecond(_ pieces: Int, in time: Duration) -> Int {
        Int(Double(max(0, pieces)) * Double(pieceLength) / max(time.inSeconds, 1e-3))
    }
}

import Swarm

/// An origin in virtual time: its link, its limit for each stream, the way to it; and the order that an `OriginWindow` carries out on it.
struct WindowModel {
    /// From a request to its first bytes.
    var latency: Duration = .milliseconds(20)
    /// Bytes a second of one stream, and of all of them.
    var streamRate = Double.infinity
    var linkRate = Double.infinity
    /// After so many bytes altogether, each stream has `laterStreamRate`.
    var burstBytes = 0
    var laterStreamRate = Double.infinity
    /// Every third stream gets a tenth of what it would have if all had the same.
    var isUnfair = false
    var ignoresRanges = false
    /// A range's bytes are told of when it is whole: what comes over a slow link is gathered first.
    var tellsOnlyWhole = false
    /// Requests that break after so many of their bytes, by their number from 1 on.
    var breaks: [Int: Int] = [:]
    var limitBytes = 40 << 20
    var habit = OriginHabit()
    /// Streams that are allowed, and from when on others are.
    var streamLimit = 8
    var laterLimit: (from: Duration, streams: Int)?

    struct Outcome {
        var time: Duration = .zero
        var asks: [OriginAsk] = []
        /// Bytes that the origin sent.
        var sent = 0
        /// Most streams at a time, and most bytes that waited for others before them.
        var mostStreams = 0
        var mostWaiting = 0
        /// Most bytes that had come and could not be verified yet, of whole ranges too.
        var mostAhead = 0
        var hasFailed = false
        var habit = OriginHabit()
        /// Bytes a second in the second half of the blob.
        var laterRate = 0.0
    }

    private struct Stream {
        let ask: OriginAsk
        let flowsAt: Instant
        var pieces: Range<Int>
        var received = 0.0
        var hasAnswered = false
    }

    private static let step: Duration = .milliseconds(1)

    func fetch(_ size: Int, isSizeKnown: Bool = true, from first: Int = 0) throws -> Outcome {
        guard let layout = PieceLayout(blobSize: UInt64(size)) else { throw Unusable() }
        var window = OriginWindow(first: first, end: nil, layout: isSizeKnown ? layout : nil, habit: habit, streamLimit: streamLimit)
        var outcome = Outcome()
        var streams: [Stream] = []
        var have = PieceSet(pieceCount: layout.pieceCount)
        var stored = first
        var halfAt: Duration?
        var now = Instant.zero
        while stored < layout.pieceCount, !outcome.hasFailed {
            guard now - .zero < .seconds(600) else { throw Unusable() }
            let allowed = laterLimit.flatMap { now - .zero >= $0.from ? $0.streams : nil } ?? streamLimit
            for ask in window.asks(limitBytes: limitBytes, streamLimit: allowed, now: now) {
                outcome.asks.append(ask)
                let pieces = ask.firstPiece..<(ask.endPiece ?? layout.pieceCount)
                streams.append(Stream(ask: ask, flowsAt: now + latency, pieces: pieces))
            }
            outcome.mostStreams = max(outcome.mostStreams, streams.count)
            now = now + Self.step
            let flowing = streams.count { now > $0.flowsAt }
            var left: [Stream] = []
            for var stream in streams {
                if now > stream.flowsAt {
                    if !stream.hasAnswered {
                        stream.hasAnswered = true
                        let isWhole = ignoresRanges && stream.ask.byteRange != nil
                        if isWhole { stream.pieces = stream.pieces.lowerBound..<layout.pieceCount }
                        outcome.hasFailed = !window.answered(stream.ask.id, layout: layout, isWhole: isWhole, now: now)
                    }
                    if try flow(&stream, flowing, layout, &window, &have, &outcome, now) { left.append(stream) }
                } else {
                    left.append(stream)
                }
            }
            streams = left
            stored = max(stored, have.firstMissing(from: first))
            window.stored(upTo: stored)
            let gathered = streams.reduce(0) { $0 + Int($1.received) }
            outcome.mostWaiting = max(outcome.mostWaiting, streams.contains { !$0.ask.isReserved } ? 0 : gathered)
            outcome.mostAhead = max(outcome.mostAhead, outcome.sent - layout.byteRange(of: first..<stored).count)
            if halfAt == nil, stored >= layout.pieceCount / 2 { halfAt = now - .zero }
        }
        outcome.time = now - .zero
        outcome.habit = window.habit
        if let halfAt, outcome.time > halfAt { outcome.laterRate = Double(size) / 2 / (outcome.time - halfAt).inSeconds }
        return outcome
    }

    /// One step of one stream's bytes; false when it has ended.
    private func flow(
        _ stream: inout Stream, _ flowing: Int, _ layout: PieceLayout, _ window: inout OriginWindow, _ have: inout PieceSet,
        _ outcome: inout Outcome, _ now: Instant
    ) throws -> Bool {
        let wanted = Double(layout.byteRange(of: stream.pieces).count)
        let isLater = burstBytes > 0 && outcome.sent >= burstBytes
        let share = isUnfair && stream.ask.id.isMultiple(of: 3) ? 0.1 : 1
        let rate = min(isLater ? laterStreamRate : streamRate, linkRate / Double(flowing)) * share
        let before = Int(stream.received)
        let breakAt = breaks[stream.ask.id].map(Double.init) ?? .infinity
        stream.received = min(wanted, breakAt, stream.received + rate * Self.step.inSeconds)
        let bytes = Int(stream.received) - before
        outcome.sent += bytes
        if !tellsOnlyWhole {
            window.received(stream.ask.id, bytes: bytes, now: now)
        } else if stream.received == wanted {
            window.received(stream.ask.id, bytes: Int(wanted), now: now)
        }
        let whole = stream.received == wanted ? stream.pieces.count : Int(stream.received) / layout.pieceLength
        for piece in stream.pieces.prefix(whole) { have.insert(piece) }
        if stream.received == breakAt {
            if !window.failed(stream.ask.id, gathered: whole) { outcome.hasFailed = true }
            return false
        }
        if stream.received == wanted { window.ended(stream.ask.id) }
        return stream.received < wanted
    }

    struct Unusable: Error {}
}

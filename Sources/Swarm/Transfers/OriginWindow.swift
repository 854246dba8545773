import OrderedCollections

/// Says which parts of a blob are asked of its origin next, and over how many streams at once.
///
/// Pure: it is told the time and what happened. It begins with one stream, and doubles their number while the throughput grows with it:
/// origins that limit each connection, and long ways to them, are drained by several; a full link or a fast origin by one, which then gets
/// long ranges. Ranges are closed and read to their end, so that no byte is asked for twice. Bytes that wait for those
/// before them lie in memory, and help nobody: only what links to all before it can be verified and passed on. So a range is as long as
/// its stream takes a moment for, and none is asked for that lies more than a few of them behind the one that all others wait for.
public struct OriginWindow: Sendable {
    /// One request under way.
    private struct Stream {
        var pieces: Range<Int>
        var bytes: Int
        let askedAt: Instant
        let retries: Int
        let isReserved: Bool
        var lastByteAt: Instant?
        /// Bytes that were told of at a time, last.
        var lastCount = 0
        var received = 0

        /// Bytes a second, but for the wait that no request is spared; nil before that tells anything. Not since its own head came: a short
        /// range may come at once, after having lain in a socket for long.
        ///
        /// - Parameter latency: that wait, nanoseconds.
        func rate(latency: Int64) -> Double? {
            guard let lastByteAt, received >= bytes / 4 else { return nil }
            let elapsed = (lastByteAt - askedAt).inNanoseconds - latency
            return elapsed > 0 ? Double(received) * 1e9 / Double(elapsed) : nil
        }
    }

    /// The measurement of so many streams as are wanted now.
    private struct Trial {
        /// When so many streams were first wanted.
        var wantedAt: Instant?
        var startedAt: Instant?
        var bytes = 0
    }

    /// What this origin has shown so far, for its next blob.
    public private(set) var habit: OriginHabit
    /// Streams that are wanted at a time.
    public private(set) var target: Int

    /// Streams that this blob may have at a time, as it was last told.
    private var limit: Int
    private let policy: OriginWindowPolicy
    private var layout: PieceLayout?
    /// Pieces up to this one are wanted; nil until the size is known.
    private var end: Int?
    /// The first piece that nobody was asked for.
    private var next: Int
    /// Pieces before it are stored: their memory is free.
    private var stored: Int
    private var streams: OrderedDictionary<Int, Stream> = [:]
    /// Parts of failed ranges, to be asked for again.
    private var again: [(pieces: Range<Int>, retries: Int)] = []
    private var lastID = 0
    /// The first answer has come, and was a part: more parts can be asked for.
    private var takesRanges = false
    /// The number of streams is found.
    private var isSettled: Bool
    /// Bytes of the next range of a single stream.
    private var longBytes: Int
    private var trial = Trial()
    /// Bytes a second that half the streams brought.
    private var lastRate = 0.0
    /// Bytes a second that a stream brings: a moving average over ranges.
    private var streamRate: Double?
    /// Nanoseconds from a request to its answer's head, the shortest so far. Not to its first bytes: those are told of when much has come, which
    /// takes seconds over a slow link and would be taken for a long way.
    private var latency = Int64.max

    /// - Parameters:
    ///   - first: the first piece that is wanted.
    ///   - end: pieces up to this one; nil for all.
    ///   - layout: nil while the size is not known.
    ///   - habit: what an earlier blob of the same origin taught.
    ///   - streamLimit: streams that this blob may have at a time.
    public init(
        first: Int, end: Int?, layout: PieceLayout?, habit: OriginHabit = OriginHabit(), streamLimit: Int = .max,
        policy: OriginWindowPolicy = .init()
    ) {
        self.layout = layout
        self.end = layout.map { end ?? $0.pieceCount }
        self.next = first
        self.stored = first
        self.habit = habit
        self.policy = policy
        self.limit = max(1, min(streamLimit, policy.streamLimit))
        self.target = max(1, min(habit.streams ?? 1, limit))
        self.isSettled = habit.streams != nil
        self.longBytes = policy.longSegmentBytes
        self.streamRate = habit.rate > 0 ? habit.streams.map { habit.rate / Double($0) } : nil
    }

    // MARK: Asking

    /// The requests to make now.
    ///
    /// - Parameters:
    ///   - limitBytes: how much of the blob may wait in memory. The piece after the last one stored always may.
    ///   - streamLimit: streams that this blob may have at a time.
    public mutating func asks(limitBytes: Int, streamLimit: Int = .max, now: Instant) -> [OriginAsk] {
        adopt(max(1, min(streamLimit, policy.streamLimit)))
        var asks: [OriginAsk] = []
        while let ask = ask(limitBytes, now) { asks.append(ask) }
        return asks
    }

    private mutating func ask(_ limitBytes: Int, _ now: Instant) -> OriginAsk? {
        guard let layout, let end else {
            guard lastID == 0 else { return nil }
            return start(next..<next + 1, endPiece: nil, isReserved: false, now: now)
        }
        if let (pieces, retries) = again.first {
            again.removeFirst()
            return start(pieces, endPiece: pieces.upperBound, isReserved: true, retries: retries, now: now)
        }
        guard next < end else { return nil }
        let isFirst = lastID == 0
        guard isFirst || (takesRanges && streams.values.count(where: { !isEnding($0, now) }) < target) else { return nil }
        let isSmall = layout.byteRange(of: next..<end).count <= policy.segmentBytes
        if habit.ignoresRanges || isFirst && isSmall {
            defer { next = end }
            return start(next..<end, endPiece: end, isReserved: false, now: now)
        }
        if isSettled, target == 1 {
            let known = usualRate.map { max(policy.firstSegmentBytes, Int($0 * policy.longSegmentTime.inSeconds)) }
            let bytes = min(longBytes, known ?? longBytes)
            let longEnd = min(end, next + max(1, bytes / layout.pieceLength))
            longBytes = min(2 * longBytes, policy.longestSegmentBytes)
            defer { next = longEnd }
            return start(next..<longEnd, endPiece: longEnd, isReserved: false, now: now)
        }
        let segment = max(1, segmentBytes(now) / layout.pieceLength)
        let segmentEnd = min(end, next + segment)
        let waiting = layout.byteRange(of: stored..<segmentEnd).count
        let ahead = policy.segmentsAhead * target * segment
        guard waiting <= limitBytes && segmentEnd - head <= ahead || next == stored else { return nil }
        defer { next = segmentEnd }
        return start(next..<segmentEnd, endPiece: segmentEnd, isReserved: true, now: now)
    }

    /// The end of the range that all others wait for.
    private var head: Int {
        streams.values.map(\.pieces).filter { $0.lowerBound <= stored }.map(\.upperBound).max() ?? stored
    }

    /// Bytes of the next of several ranges: as much as one of the streams brings within a moment. If the one that all wait for is slower than those
    /// before it were, because others share the link by now, it tells.
    private func segmentBytes(_ now: Instant) -> Int {
        guard latency < .max, var rate = usualRate else { return policy.firstSegmentBytes }
        if let oldest = streams.values.first(where: { $0.pieces.lowerBound <= stored }), oldest.received < oldest.bytes {
            let elapsed = (now - oldest.askedAt).inNanoseconds - latency
            if elapsed > policy.segmentTime.inNanoseconds { rate = min(rate, Double(oldest.received) * 1e9 / Double(elapsed)) }
        }
        return min(policy.segmentBytes, Int(rate * max(policy.segmentTime.inSeconds, Double(latency) / 1e9)))
    }

    /// Bytes a second that a stream brings, of those before or else of one under way.
    private var usualRate: Double? {
        streamRate ?? streams.values.lazy.compactMap { [latency] in $0.rate(latency: latency) }.first
    }

    private mutating func start(_ pieces: Range<Int>, endPiece: Int?, isReserved: Bool, retries: Int = 0, now: Instant) -> OriginAsk {
        lastID += 1
        let bytes = endPiece == nil ? nil : layout?.byteRange(of: pieces)
        streams[lastID] = Stream(pieces: pieces, bytes: bytes?.count ?? .max, askedAt: now, retries: retries, isReserved: isReserved)
        let isWhole = bytes == nil || pieces == 0..<(layout?.pieceCount ?? 0)
        return OriginAsk(
            id: lastID, firstPiece: pieces.lowerBound, endPiece: endPiece, byteRange: isWhole ? nil : bytes, isReserved: isReserved)
    }

    /// So near its end that the next range had better be asked for, to be there when it is needed. When its bytes are told of next it would be too
    /// late; but where all streams that are allowed are taken, too late is better than one too many.
    private func isEnding(_ stream: Stream, _ now: Instant) -> Bool {
        if stream.received >= stream.bytes { return true }
        // Its first bytes tell little about its rate.
        guard stream.received >= stream.bytes / 4 else { return false }
        let elapsed = (now - stream.askedAt).inNanoseconds - latency
        let left = stream.bytes - stream.received - (streams.count < limit ? stream.lastCount : 0)
        return Double(left) * Double(elapsed) <= Double(stream.received) * Double(latency)
    }

    // MARK: What happened

    /// An answer's head came.
    ///
    /// - Parameter isWhole: it brings all from its first piece to the blob's end, whatever was asked for.
    /// - Returns: false when it cannot be used: another answer has shown that this origin takes ranges, so its bytes come twice.
    public mutating func answered(_ id: Int, layout told: PieceLayout, isWhole: Bool, now: Instant) -> Bool {
        guard let stream = streams[id] else { return false }
        latency = min(latency, (now - stream.askedAt).inNanoseconds)
        layout = told
        let end = min(end ?? told.pieceCount, told.pieceCount)
        self.end = end
        guard isWhole || stream.bytes == .max else {
            takesRanges = true
            return true
        }
        if isWhole { habit.ignoresRanges = true }
        guard id == 1 else { return false }
        let first = stream.pieces.lowerBound
        streams[id]?.pieces = first..<end
        streams[id]?.bytes = told.byteRange(of: first..<end).count
        next = end
        return true
    }

    /// Bytes came.
    public mutating func received(_ id: Int, bytes: Int, now: Instant) {
        guard var stream = streams[id], bytes > 0 else { return }
        stream.received += bytes
        (stream.lastCount, stream.lastByteAt) = (bytes, now)
        streams[id] = stream
        if takesRanges { measure(bytes, now) }
    }

    /// A request has brought all that it was to bring.
    public mutating func ended(_ id: Int) {
        guard let rate = streams.removeValue(forKey: id)?.rate(latency: latency) else { return }
        streamRate = streamRate.map { ($0 + rate) / 2 } ?? rate
    }

    /// A request broke.
    ///
    /// - Parameter gathered: pieces that it had brought whole.
    /// - Returns: whether its rest is asked for again; otherwise this order has failed.
    public mutating func failed(_ id: Int, gathered: Int) -> Bool {
        guard let stream = streams.removeValue(forKey: id) else { return false }
        if target > 1 {
            // Perhaps it minds so many.
            settle(at: target / 2, rate: 0)
        }
        guard stream.isReserved, !streams.isEmpty, stream.retries < policy.retries, !habit.ignoresRanges else { return false }
        let rest = min(stream.pieces.lowerBound + gathered, stream.pieces.upperBound)..<stream.pieces.upperBound
        if !rest.isEmpty { again.append((rest, stream.retries + 1)) }
        return true
    }

    /// All pieces before this one are stored.
    public mutating func stored(upTo piece: Int) {
        stored = max(stored, piece)
    }

    /// Asks for nothing more than was asked for. What takes long may be left before its end, though some of it lies in sockets by then.
    ///
    /// - Returns: what is still to come.
    public mutating func drain() -> OriginRest {
        end = next
        guard let (ask, last) = streams.elements.last, !last.isReserved else { return .upTo(next) }
        let isSoonWhole = usualRate.map { Double(last.bytes - last.received) <= $0 * policy.longSegmentTime.inSeconds }
        guard isSoonWhole != true else { return .upTo(next) }
        return .open(ask: ask, first: last.pieces.lowerBound)
    }

    // MARK: How many streams

    /// Other blobs come at the same time, and their streams add up to as much as this blob's would: so each gets fewer. As they end, more
    /// streams are tried.
    private mutating func adopt(_ limit: Int) {
        guard limit != self.limit else { return }
        let hasGrown = limit > self.limit
        self.limit = limit
        if let known = habit.streams, isSettled {
            target = min(known, limit)
        } else if target > limit {
            target = limit
            isSettled = true
        } else if hasGrown, isSettled {
            isSettled = false
            lastRate = 0
        } else {
            return
        }
        trial = Trial()
    }

    private mutating func measure(_ bytes: Int, _ now: Instant) {
        guard let start = trial.startedAt else {
            // Only once all of them flow does the sum tell what so many bring. Where memory lets fewer flow at a time, these must do.
            let wantedAt = trial.wantedAt ?? now
            trial.wantedAt = wantedAt
            let isLate = (now - wantedAt).inNanoseconds > policy.trial.inNanoseconds + 2 * latency
            let isComplete = streams.values.count(where: { $0.lastByteAt != nil }) >= target
            if isComplete || isLate && streams.values.allSatisfy(\.isReserved) { trial.startedAt = now }
            return
        }
        trial.bytes += bytes
        let elapsed = (now - start).inNanoseconds
        guard elapsed > 0 else { return }
        let rate = Double(trial.bytes) * 1e9 / Double(elapsed)
        if isSettled { watch(rate, elapsed) } else { judge(rate, elapsed) }
    }

    /// Doubles the number of streams, or settles it.
    private mutating func judge(_ rate: Double, _ elapsed: Int64) {
        let isFast = trial.bytes >= policy.fastProofBytes && rate >= Double(policy.fastBytesPerSecond)
        if target == 1, isFast { return settle(at: 1, rate: rate) }
        guard elapsed >= policy.trial.inNanoseconds else { return }
        if target > 1, rate * 100 < lastRate * Double(policy.growthPercent) { return settle(at: target / 2, rate: lastRate) }
        lastRate = rate
        if target * 2 > policy.streamLimit { return settle(at: target, rate: rate) }
        trial = Trial()
        // More are not allowed, which teaches nothing about the origin.
        if target * 2 > limit { isSettled = true } else { target *= 2 }
    }

    /// Tries more streams again when these bring much less than when they were found to be enough.
    private mutating func watch(_ rate: Double, _ elapsed: Int64) {
        guard elapsed >= policy.watch.inNanoseconds else { return }
        trial = Trial()
        isSettled = rate >= Double(policy.fastBytesPerSecond) || rate * 2 >= habit.rate
        lastRate = 0
    }

    private mutating func settle(at count: Int, rate: Double) {
        target = count
        isSettled = true
        trial = Trial()
        habit.streams = count
        habit.rate = rate
    }
}

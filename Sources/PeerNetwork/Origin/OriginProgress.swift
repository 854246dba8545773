import BlobStore
import Swarm

/// One order's way from the origin into the store: several answers are read at once, whole pieces are hashed in order, written as soon as
/// they are hashed, and reported in order.
///
/// A state machine: it is told what happened and says what to do, and does nothing itself.
struct OriginProgress {
    /// How often the agent hears that bytes come, while no piece gets whole.
    static let beat: Duration = .milliseconds(500)

    private(set) var window: OriginWindow
    private let digest: Digest
    private let order: OriginOrder
    private var share: OriginShare
    private var layout: PieceLayout?
    /// Where the first answer came from; every other part is asked for there too.
    private(set) var location: OriginLocation?
    private var isOpen = false
    /// First pieces of the requests whose readers go only as far as they are let, in ascending order.
    private var unreserved: [(ask: Int, first: Int)] = []
    /// Pieces that each request has brought.
    private var gatheredCounts: [Int: Int] = [:]

    /// Whole, and not handed on to be hashed yet.
    private var gathered: [Int: OriginPieces.Whole] = [:]
    private var isHashing = false
    private var nextToHash: Int
    private var state: ChainState?
    /// Hashed pieces that wait for the store to be opened.
    private var unwritten: [(OriginPieces.Whole, PieceLink)] = []
    private var writes = 0
    /// States after pieces that are hashed, until the pieces are reported.
    private var states: [Int: ChainState] = [:]
    private var written: Set<Int> = []
    private var nextToReport: Int
    private var isReporting = false
    private var reportedAt: Instant
    private var receivedSinceReport = false
    /// Pieces up to this one are wanted; nil for all of the order.
    private var end: Int?
    /// The request whose reader ends early, and where it began.
    private var cutting: (ask: Int, first: Int)?
    private var outcome: OriginOutcome?

    init(
        _ digest: Digest, _ order: OriginOrder, layout: PieceLayout?, habit: OriginHabit, share: OriginShare, now: Instant
    ) {
        self.digest = digest
        self.order = order
        self.layout = layout
        self.share = share
        window = OriginWindow(
            first: order.firstPiece, end: order.endPiece, layout: layout, habit: habit, streamLimit: share.streams)
        nextToHash = order.firstPiece
        nextToReport = order.firstPiece
        state = order.start
        reportedAt = now
    }

    /// What to do at the very beginning.
    mutating func begin(now: Instant) -> [OriginStep] { askSteps(now) }

    mutating func handle(_ event: OriginEvent, now: Instant) -> [OriginStep] {
        var steps: [OriginStep] = []
        switch event {
        case .answered(let ask, let size, let isRangeIgnored, let location):
            answered(ask, size, isRangeIgnored, location, now, &steps)
        case .received(let ask, let bytes):
            receivedSinceReport = true
            window.received(ask, bytes: bytes, now: now)
        case .gathered(let ask, let whole):
            gatheredCounts[ask, default: 0] += 1
            if outcome == nil { gathered[whole.piece] = whole }
        case .ended(let ask):
            window.ended(ask)
            if let cutting, cutting.ask == ask { end = cutting.first + gatheredCounts[ask, default: 0] }
        case .failed(let ask, let failure):
            if !window.failed(ask, gathered: gatheredCounts[ask] ?? 0) { fail(location == nil ? failure : .broken(failure.reason)) }
        case .opened(nil): return [.end(.finished)]
        case .opened:
            isOpen = true
            for (whole, link) in unwritten { write(whole, link, &steps) }
            unwritten = []
        case .hashed(let whole, let check, let isBeingWritten): hashed(whole, check, isBeingWritten, &steps)
        case .written(let piece):
            writes -= 1
            written.insert(piece)
            // Later requests begin at later pieces, so this one belongs to the last that begins no later.
            if let owner = unreserved.last(where: { $0.first <= piece }) { steps.append(.allow(ask: owner.ask)) }
        case .notStored(let failure): return [.end(.failed(failure))]
        case .reported(let share):
            isReporting = false
            self.share = share
        case .drain: drain(&steps)
        }
        advance(now, &steps)
        return steps
    }

    private mutating func answered(
        _ ask: Int, _ size: UInt64, _ isRangeIgnored: Bool, _ place: OriginLocation, _ now: Instant, _ steps: inout [OriginStep]
    ) {
        let isFirst = location == nil
        location = place
        if isFirst { steps.append(.open(size: size)) }
        // A size that no layout fits, or another than before: the agent is told, and ends this run.
        guard let told = PieceLayout(blobSize: size), layout == nil || told == layout else {
            if !isFirst { fail(.broken("the origin says \(size) bytes, after another size before")) }
            return
        }
        layout = told
        if !window.answered(ask, layout: told, isWhole: isRangeIgnored, now: now) {
            fail(.broken("the origin answered a range with everything, after it had answered another with its part"))
        } else if isRangeIgnored {
            unreserved.append((ask, order.firstPiece))
        }
    }

    private mutating func hashed(
        _ whole: OriginPieces.Whole, _ check: PieceCheck, _ isBeingWritten: Bool, _ steps: inout [OriginStep]
    ) {
        isHashing = false
        switch check {
        case .links(let link):
            nextToHash = whole.piece + 1
            state = link.end
            states[whole.piece] = link.end
            if isBeingWritten { writes += 1 } else { write(whole, link, &steps) }
        case .breaks, .malformed:
            gathered = [:]
            outcome = .contradictsDigest
        }
    }

    private mutating func write(_ whole: OriginPieces.Whole, _ link: PieceLink, _ steps: inout [OriginStep]) {
        guard isOpen else { return unwritten.append((whole, link)) }
        writes += 1
        steps.append(.write(whole, link))
    }

    /// What had come whole before it counts still; nothing more is asked for.
    private mutating func fail(_ failure: OriginFailure) {
        if outcome == nil { outcome = .failed(failure) }
    }

    /// Nothing more is asked for. Where an answer has begun from which much is to come, its reader tells where it ends.
    private mutating func drain(_ steps: inout [OriginStep]) {
        switch window.drain() {
        case .upTo(let piece): end = piece
        case .open(let ask, let first):
            cutting = (ask, first)
            steps.append(.cut(ask: ask))
        }
    }

    /// Hands on whatever can be handed on.
    private mutating func advance(_ now: Instant, _ steps: inout [OriginStep]) {
        if !isHashing, let whole = gathered.removeValue(forKey: nextToHash) {
            isHashing = true
            steps.append(.hash(whole, start: state))
        }
        report(now, &steps)
        guard let outcome else {
            steps += askSteps(now)
            return
        }
        let isIdle = !isHashing && writes == 0 && unwritten.isEmpty && !isReporting
        if isIdle, isOpen || location == nil { steps.append(.end(outcome)) }
    }

    private mutating func report(_ now: Instant, _ steps: inout [OriginStep]) {
        guard !isReporting else { return }
        var reports: [OriginReport] = []
        while written.remove(nextToReport) != nil, let layout {
            let end = states.removeValue(forKey: nextToReport)
            reports.append(OriginReport(piece: nextToReport, end: nextToReport == layout.lastPiece ? nil : end))
            nextToReport += 1
        }
        window.stored(upTo: nextToReport)
        if reports.isEmpty {
            if let layout, nextToReport == end ?? order.endPiece ?? layout.pieceCount, outcome == nil { outcome = .finished }
            guard receivedSinceReport, now - reportedAt >= Self.beat, isOpen else { return }
        }
        isReporting = true
        receivedSinceReport = false
        reportedAt = now
        steps.append(.report(reports))
    }

    private mutating func askSteps(_ now: Instant) -> [OriginStep] {
        window.asks(limitBytes: share.bytes, streamLimit: share.streams, now: now).map { ask in
            if !ask.isReserved { unreserved.append((ask.id, ask.firstPiece)) }
            return .fetch(ask)
        }
    }
}

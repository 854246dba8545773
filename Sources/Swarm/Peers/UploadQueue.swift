import BasicContainers
import DequeModule

/// What one peer waits for, and what is under way to it.
///
/// Apart from the peer's session, and there only while there is anything: at each event all of them are looked through, of many connections few
/// have one, and a processor waits longer for its memory than it works.
struct UploadQueue: ~Copyable, Sendable {
    /// A piece that the peer asked for, and how much of it has been sent.
    struct Upload: Equatable, Sendable {
        /// The peer's, over which it asked. Of a blob's digest, ten times as long, there would be thousands.
        let channel: UInt32
        /// The blob is small: this is all of it.
        let isWholeBlob: Bool
        let piece: Int
        /// Bytes of the piece.
        let length: Int
        let askedAt: Instant
        var sent = 0

        /// Urgencies besides how often a piece was sent before (`SentPieces`).
        static let mostUrgent = -2
        static let halfSent = -1
        /// A piece that has waited for so long is as urgent as one that was never sent: on a slow connection others that the same peer asked for
        /// later, sent less often, would come before it for ever.
        static let longestWait = Duration.seconds(8)
    }

    private(set) var bytesInFlight = 0
    private(set) var framesInFlightCount = 0
    private var endsInFlight = 0
    private(set) var lastUploadedAt = Instant.zero
    /// How soon the connection should be served, as a bound: what is sent meanwhile only makes what waits less urgent. That something has waited
    /// for long is noticed when the connection is served next.
    private(set) var urgency: Int?
    /// When it was last served, in turns of the node.
    var servedTurn: UInt64 = 0
    /// What waits still to be sent.
    private(set) var queuedBytes = 0
    /// More of the piece of which the last frame under way is a part follows.
    private(set) var isAmidPiece = false
    /// The last frame under way is a part of a piece of several frames, or is as long as several.
    private(set) var sendsLongPiece = false
    private var uploads: Deque<Upload> = [] {
        didSet {
            var bytes = 0
            for upload in uploads { bytes += upload.length - upload.sent }
            queuedBytes = bytes
        }
    }
    /// Bytes of each data frame that was handed to the driver and not yet to the kernel, oldest first.
    private var framesInFlight: Deque<(bytes: Int, isEnd: Bool)> = []

    /// Forgets everything, but keeps the memory.
    mutating func clear() {
        (bytesInFlight, framesInFlightCount, endsInFlight, lastUploadedAt) = (0, 0, 0, .zero)
        (urgency, servedTurn, isAmidPiece, sendsLongPiece) = (nil, 0, false, false)
        uploads.removeAll(keepingCapacity: true)
        framesInFlight.removeAll(keepingCapacity: true)
    }

    /// Nothing waits, and nothing is under way.
    var isEmpty: Bool { uploads.isEmpty && framesInFlight.isEmpty }
    var isAnythingWaiting: Bool { !uploads.isEmpty }

    // MARK: What waits

    mutating func enqueue(_ upload: Upload) throws(WireError) {
        guard uploads.count < WireLimits.requestsPerPeer else { throw .overLimit(what: "waiting requests") }
        guard !waits(for: upload.piece, over: upload.channel) else { return }
        uploads.append(upload)
        urgency = Upload.mostUrgent
    }

    /// The upload to continue or to begin next: a small blob's, then one that is half sent, then what was never sent to others or has waited for long,
    /// then what was sent once, then the oldest.
    ///
    /// Brings `urgency` up to date.
    /// - Parameter digest: of a channel of the peer's.
    /// - Returns: nil when nothing waits.
    mutating func next(
        _ sent: borrowing Table<Digest, SentPieces>, now: Instant, digest: (_ channel: UInt32) -> Digest?
    ) -> Int? {
        var best: (index: Int, urgency: Int)?
        // Of the blob of the upload before, which mostly is this one's too.
        var counted: UInt32?
        var counts: Int?  // in `sent`
        for index in uploads.indices {
            let upload = uploads[index]
            let urgency: Int
            if upload.isWholeBlob {
                urgency = Upload.mostUrgent
            } else if upload.sent > 0 {
                urgency = Upload.halfSent
            } else if now - upload.askedAt > Upload.longestWait {
                urgency = 0
            } else {
                if counted != upload.channel {
                    (counted, counts) = (upload.channel, digest(upload.channel).flatMap { sent.index(forKey: $0) })
                }
                urgency = counts.map { sent.values[$0].times(upload.piece) } ?? 0
            }
            if best.map({ urgency < $0.urgency }) ?? true { best = (index, urgency) }
        }
        urgency = best?.urgency
        return best?.index
    }

    /// Whether the peer waits for the piece.
    func waits(for piece: Int, over channel: UInt32) -> Bool { uploads.contains { $0.piece == piece && $0.channel == channel } }

    /// Takes back what waits and was not begun.
    mutating func takeUnsent(over channel: UInt32, where isMeant: (_ piece: Int) -> Bool) -> [Upload] {
        let isGone = { (upload: Upload) in upload.sent == 0 && upload.channel == channel && isMeant(upload.piece) }
        guard uploads.contains(where: isGone) else { return [] }
        let gone = uploads.filter(isGone)
        uploads.removeAll(where: isGone)
        return Array(gone)
    }

    /// - Parameter piece: nil for all that the peer waits for over the channel.
    mutating func cancel(_ piece: Int?, over channel: UInt32) {
        uploads.removeAll { $0.channel == channel && (piece == nil || $0.piece == piece) }
    }

    mutating func take(at index: Int) -> Upload { uploads.remove(at: index) }

    /// The rest of a piece goes next.
    mutating func putBack(_ upload: Upload, sent: Int) {
        var rest = upload
        rest.sent = sent
        uploads.prepend(rest)
        urgency = min(urgency ?? Upload.halfSent, Upload.halfSent)
    }

    // MARK: What is under way

    /// - Parameter isEnd: it is the last of its piece.
    mutating func handedOver(_ bytes: Int, isEnd: Bool, now: Instant) {
        if framesInFlight.isEmpty { lastUploadedAt = now }
        framesInFlight.append((bytes, isEnd))
        framesInFlightCount += 1
        isAmidPiece = !isEnd
        sendsLongPiece = !isEnd || bytes > WireLimits.dataPayload
        bytesInFlight += bytes
        endsInFlight += isEnd ? 1 : 0
    }

    /// - Returns: bytes of the frame that has left.
    mutating func uploaded(now: Instant) -> Int {
        lastUploadedAt = now
        guard let (bytes, isEnd) = framesInFlight.popFirst() else { return 0 }
        framesInFlightCount -= 1
        if framesInFlight.isEmpty { (isAmidPiece, sendsLongPiece) = (false, false) }
        bytesInFlight -= bytes
        endsInFlight -= isEnd ? 1 : 0
        return bytes
    }

    /// Pieces of which frames are under way.
    var piecesInFlight: Int { endsInFlight + (isAmidPiece ? 1 : 0) }
}

import DequeModule
import OrderedCollections

/// One connection's conversation with another agent: handshake, channels both ways, what the peer waits for.
///
/// Pure: it turns messages into `Said` values that name blobs instead of channels, and refuses what the protocol does not allow.
struct PeerSession: Sendable {
    /// A message with its channel resolved.
    enum Said: Equatable, Sendable {
        case hello(Hello)
        /// `wants`: the peer lacks it, and an answer is due.
        case opened(Digest, wants: Bool)
        case closed(Digest)
        case missing(Digest)
        case has(Digest, size: UInt64, PieceSet)
        case gained(Digest, [UInt32])
        case wantsStates(Digest, first: Int)
        case states(Digest, StateList)
        /// `channel`: the peer's, over which it asked.
        case requested(Digest, piece: Int, channel: UInt32)
        case cancelled(Digest, piece: Int)
        case rejected(Digest, piece: Int)
        case ping
        case pong
    }

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

    /// A blob that this side has opened.
    private struct OurChannel {
        let number: UInt32
        /// The peer was told what we have; from then on it is told what is gained.
        var saidHave = false
        /// The peer opened the blob once and closed it again: it wants to hear no more of it.
        var isClosedByPeer = false
    }

    // What is asked of all sessions at each event lies first, and together: with many of them a processor waits longer for its memory than it works.
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
    let isInitiator: Bool
    /// It is being closed for another one: nothing it brings counts any more.
    var isLeaving = false

    var lastHeardAt: Instant
    var lastSaidAt: Instant
    /// When the peer last said more than that it is there.
    private(set) var lastUsedAt: Instant
    /// When bytes of any piece last came.
    private(set) var lastDataAt = Instant.zero
    private(set) var peer: Hello?
    /// The peer's channels: what its numbers mean.
    // Ordered, as these look through a few entries without hashing anything.
    private var theirs: OrderedDictionary<UInt32, Digest> = [:]
    private var ours: OrderedDictionary<Digest, OurChannel> = [:]
    private var nextChannel: UInt32 = 1
    private(set) var uploads: Deque<Upload> = [] {
        didSet {
            var bytes = 0
            for upload in uploads { bytes += upload.length - upload.sent }
            queuedBytes = bytes
        }
    }
    /// Bytes of each data frame that was handed to the driver and not yet to the kernel, oldest first.
    private var framesInFlight: Deque<(bytes: Int, isEnd: Bool)> = []
    /// The peer's channel over which the last data frame began to arrive.
    private var arrivingOver: UInt32?
    let cluster: String
    /// Who was dialled; nil for a connection that came in.
    let expecting: NodeID?

    init(cluster: String, isInitiator: Bool, expecting: NodeID? = nil, now: Instant) {
        self.cluster = cluster
        self.isInitiator = isInitiator
        self.expecting = expecting
        self.lastHeardAt = now
        self.lastSaidAt = now
        self.lastUsedAt = now
    }

    // MARK: Receiving

    mutating func hear(_ message: PeerMessage, now: Instant) throws(WireError) -> Said? {
        lastHeardAt = now
        switch message {
        case .ping, .pong: break
        default: lastUsedAt = now
        }
        if case .hello(let hello) = message {
            guard peer == nil else { throw .unexpected(message: "a second hello") }
            try hello.check(role: .agent, cluster: cluster)
            peer = hello
            return .hello(hello)
        }
        guard peer != nil else { throw .unexpected(message: "a message before hello") }
        switch message {
        case .hello: return nil
        case .open(let channel, let digest):
            try open(channel, digest)
            return .opened(digest, wants: true)
        case .serve(let channel, let digest):
            try open(channel, digest)
            return .opened(digest, wants: false)
        case .close(let channel):
            let digest = try blob(channel)
            theirs.removeValue(forKey: channel)
            uploads.removeAll { $0.channel == channel }
            // Should the peer open it again, it will have forgotten.
            ours[digest]?.saidHave = false
            ours[digest]?.isClosedByPeer = true
            return .closed(digest)
        case .missing(let digest): return .missing(digest)
        case .have(let channel, let size, let pieces): return .has(try blob(channel), size: size, pieces)
        case .gained(let channel, let pieces): return .gained(try blob(channel), pieces)
        case .wantStates(let channel, let first): return .wantsStates(try blob(channel), first: Int(first))
        case .states(let channel, let first, let bytes):
            let digest = try blob(channel)
            guard let list = StateList(digest.algorithm, first: Int(first), bytes: bytes) else { throw .invalid(field: "states") }
            return .states(digest, list)
        case .request(let channel, let piece): return .requested(try blob(channel), piece: Int(piece), channel: channel)
        case .cancel(let channel, let piece):
            let digest = try blob(channel)
            uploads.removeAll { $0.channel == channel && $0.piece == Int(piece) }
            return .cancelled(digest, piece: Int(piece))
        case .reject(let channel, let piece): return .rejected(try blob(channel), piece: Int(piece))
        case .ping: return .ping
        case .pong: return .pong
        }
    }

    /// Which blob's piece a data frame carries.
    mutating func hear(_ frame: DataFrame, now: Instant) throws(WireError) -> Digest {
        lastHeardAt = now
        guard peer != nil else { throw .unexpected(message: "data before hello") }
        let digest = try blob(frame.channel)
        if frame.count > 0 { lastDataAt = now }
        arrivingOver = frame.channel
        return digest
    }

    /// More bytes of a data frame have come.
    mutating func flows(now: Instant) { (lastHeardAt, lastDataAt) = (now, now) }

    /// The blob of the last data frame that began to arrive.
    var arriving: Digest? { arrivingOver.flatMap { theirs[$0] } }

    private mutating func open(_ channel: UInt32, _ digest: Digest) throws(WireError) {
        guard theirs[channel] == nil, !theirs.values.contains(digest) else { throw .unexpected(message: "a channel opened twice") }
        guard theirs.count < WireLimits.channelsPerPeer else { throw .overLimit(what: "open blobs") }
        ours[digest]?.isClosedByPeer = false
        theirs[channel] = digest
    }

    /// The blob for which the peer has opened a channel; nil if that is closed.
    func digest(over channel: UInt32) -> Digest? { theirs[channel] }

    private func blob(_ channel: UInt32) throws(WireError) -> Digest {
        guard let digest = theirs[channel] else { throw .unknownChannel(channel) }
        return digest
    }

    // MARK: Sending

    /// Opens our channel for the blob.
    ///
    /// - Parameter isWhole: this side has the blob.
    /// - Returns: the message that says so; nil if the channel is open.
    mutating func open(_ digest: Digest, isWhole: Bool) -> PeerMessage? {
        guard ours[digest] == nil else { return nil }
        let number = nextChannel
        nextChannel += 1
        ours[digest] = OurChannel(number: number)
        return isWhole ? .serve(channel: number, digest: digest) : .open(channel: number, digest: digest)
    }

    var channelCount: Int { ours.count }
    /// Since when neither side wants anything of the other, if that is so.
    var idleSince: Instant? {
        !isLeaving && peer != nil && ours.isEmpty && theirs.isEmpty && framesInFlight.isEmpty ? lastUsedAt : nil
    }

    func openChannel(for digest: Digest) -> UInt32? { ours[digest]?.number }

    /// The message that closes our channel, if it is open.
    mutating func close(_ digest: Digest) -> PeerMessage? {
        ours.removeValue(forKey: digest).map { .close(channel: $0.number) }
    }

    /// The channel over which the peer wants to hear of new pieces, and whether it was told of the old ones; nil when it wants to hear nothing.
    func channelToTell(_ digest: Digest) -> (number: UInt32, saidHave: Bool)? {
        guard let channel = ours[digest], !channel.isClosedByPeer else { return nil }
        return (channel.number, channel.saidHave)
    }

    /// The peer opened the blob once and closed it again, and our channel is open still.
    func isClosedByPeer(_ digest: Digest) -> Bool { ours[digest]?.isClosedByPeer == true }

    /// The peer was told of all that we have of the blob.
    mutating func didSayHave(_ digest: Digest) { ours[digest]?.saidHave = true }

    // MARK: Uploads

    mutating func enqueue(_ upload: Upload) throws(WireError) {
        guard uploads.count < WireLimits.requestsPerPeer else { throw .overLimit(what: "waiting requests") }
        guard !uploads.contains(where: { $0.channel == upload.channel && $0.piece == upload.piece }) else { return }
        uploads.append(upload)
        urgency = Upload.mostUrgent
    }

    /// The upload to continue or to begin next: a small blob's, then one that is half sent, then what was never sent to others or has waited for long,
    /// then what was sent once, then the oldest.
    ///
    /// Brings `urgency` up to date.
    /// - Returns: nil when nothing waits.
    mutating func nextUpload(_ sent: OrderedDictionary<Digest, SentPieces>, now: Instant) -> Int? {
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
                    (counted, counts) = (upload.channel, digest(over: upload.channel).flatMap { sent.index(forKey: $0) })
                }
                urgency = counts.map { sent.values[$0].times(upload.piece) } ?? 0
            }
            if best.map({ urgency < $0.urgency }) ?? true { best = (index, urgency) }
        }
        urgency = best?.urgency
        return best?.index
    }

    /// Whether the peer waits for the piece.
    func owes(_ digest: Digest, piece: Int) -> Bool { uploads.contains { $0.piece == piece && theirs[$0.channel] == digest } }

    /// Takes back what waits and was not begun.
    mutating func takeUnsent(of digest: Digest, where isMeant: (_ piece: Int) -> Bool) -> [Upload] {
        let isGone = { [theirs] (upload: Upload) in upload.sent == 0 && theirs[upload.channel] == digest && isMeant(upload.piece) }
        guard uploads.contains(where: isGone) else { return [] }
        let gone = uploads.filter(isGone)
        uploads.removeAll(where: isGone)
        return Array(gone)
    }

    mutating func takeUpload(at index: Int) -> Upload {
        // Most peers wait for nothing most of the time, and are not to keep memory for that.
        if uploads.count == 1, let upload = uploads.first {
            uploads = []
            return upload
        }
        return uploads.remove(at: index)
    }

    /// The rest of a piece goes next.
    mutating func putBack(_ upload: Upload, sent: Int) {
        var rest = upload
        rest.sent = sent
        uploads.prepend(rest)
        urgency = min(urgency ?? Upload.halfSent, Upload.halfSent)
    }

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
        if framesInFlight.isEmpty { (isAmidPiece, sendsLongPiece, framesInFlight) = (false, false, []) }
        bytesInFlight -= bytes
        endsInFlight -= isEnd ? 1 : 0
        return bytes
    }

    /// Pieces of which frames are under way.
    var piecesInFlight: Int { endsInFlight + (isAmidPiece ? 1 : 0) }
}

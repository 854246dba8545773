/// One connection's conversation with another agent: handshake and channels both ways.
///
/// Pure: it turns messages into `Said` values that name blobs instead of channels, and refuses what the protocol does not allow. What is asked at each
/// event is always inlined: for a call from a mutating method all of the session may be moved there and back.
struct PeerSession: ~Copyable, Sendable {
    /// A message with its channel resolved.
    enum Said: Equatable, Sendable {
        case hello(Hello)
        /// `wants`: the peer lacks it, and an answer is due.
        case opened(Digest, wants: Bool)
        /// `channel`: the peer's, which means nothing any more.
        case closed(Digest, channel: UInt32)
        case missing(Digest)
        case has(Digest, size: UInt64, PieceSet)
        case gained(Digest, PieceList)
        case wantsStates(Digest, first: Int)
        case states(Digest, StateList)
        /// `channel`: the peer's, over which it asked.
        case requested(Digest, piece: Int, channel: UInt32)
        case cancelled(piece: Int, channel: UInt32)
        case rejected(Digest, piece: Int)
        case ping
        case pong
    }

    /// A blob that this side has opened.
    private struct OurChannel {
        let number: UInt32
        /// The peer was told what we have; from then on it is told what is gained.
        var saidHave = false
        /// The peer opened the blob once and closed it again: it wants to hear no more of it.
        var isClosedByPeer = false
    }

    // What nearly every message asks for lies first, and together: with many sessions a processor waits longer for its memory than it works.
    /// The peer has said who it is.
    private(set) var isGreeted = false
    /// It is being closed for another one: nothing it brings counts any more.
    var isLeaving = false
    let isInitiator: Bool
    /// The peer's channel over which the last data frame began to arrive.
    private var arrivingOver: UInt32?
    var lastHeardAt: Instant
    var lastSaidAt: Instant
    /// When the peer last said more than that it is there.
    private(set) var lastUsedAt: Instant
    /// When bytes of any piece last came.
    private(set) var lastDataAt = Instant.zero
    /// The peer's channels: what its numbers mean.
    private var theirs = FewEntries<UInt32, Digest>()
    private var ours = FewEntries<Digest, OurChannel>()
    private var nextChannel: UInt32 = 1
    /// When it was last served, in turns of the node; while anything is, its queue knows better.
    var servedTurn: UInt64 = 0
    private var hello: Shared<Hello>?
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

    mutating func hear(_ message: consuming PeerMessage, now: Instant) throws(WireError) -> Said? {
        lastHeardAt = now
        switch message {
        case .ping, .pong: break
        default: lastUsedAt = now
        }
        if case .hello(let hello) = message {
            guard !isGreeted else { throw .unexpected(message: "a second hello") }
            try hello.check(role: .agent, cluster: cluster)
            self.hello = Shared(hello)
            isGreeted = true
            return .hello(hello)
        }
        guard isGreeted else { throw .unexpected(message: "a message before hello") }
        switch consume message {
        case .hello: return nil
        case .open(let channel, let digest):
            try open(channel, digest)
            return .opened(digest, wants: true)
        case .serve(let channel, let digest):
            try open(channel, digest)
            return .opened(digest, wants: false)
        case .close(let channel):
            let digest = try blob(channel)
            theirs[channel] = nil
            // Should the peer open it again, it will have forgotten.
            ours[digest]?.saidHave = false
            ours[digest]?.isClosedByPeer = true
            return .closed(digest, channel: channel)
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
            _ = try blob(channel)
            return .cancelled(piece: Int(piece), channel: channel)
        case .reject(let channel, let piece): return .rejected(try blob(channel), piece: Int(piece))
        case .ping: return .ping
        case .pong: return .pong
        }
    }

    /// Which blob's piece a data frame carries.
    mutating func hear(_ frame: DataFrame, now: Instant) throws(WireError) -> Digest {
        lastHeardAt = now
        guard isGreeted else { throw .unexpected(message: "data before hello") }
        let digest = try blob(frame.channel)
        if frame.count > 0 { lastDataAt = now }
        arrivingOver = frame.channel
        return digest
    }

    /// Who the peer is, once it has said so.
    var peer: Hello? { hello?.value }

    /// More bytes of a data frame have come.
    mutating func flows(now: Instant) { (lastHeardAt, lastDataAt) = (now, now) }

    /// The blob of the last data frame that began to arrive.
    var arriving: Digest? { arrivingOver.flatMap { theirs[$0] } }

    private mutating func open(_ channel: UInt32, _ digest: Digest) throws(WireError) {
        guard theirs[channel] == nil, theirChannel(for: digest) == nil else { throw .unexpected(message: "a channel opened twice") }
        guard theirs.count < WireLimits.channelsPerPeer else { throw .overLimit(what: "open blobs") }
        ours[digest]?.isClosedByPeer = false
        theirs[channel] = digest
    }

    /// The blob for which the peer has opened a channel; nil if that is closed.
    @inline(__always)
    func digest(over channel: UInt32) -> Digest? { theirs[channel] }
    /// The channel that the peer has opened for the blob.
    func theirChannel(for digest: Digest) -> UInt32? { theirs.key { $0 == digest } }

    @inline(__always)
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
    /// Since when neither side has anything of the other's open, if that is so.
    var idleSince: Instant? { !isLeaving && isGreeted && ours.isEmpty && theirs.isEmpty ? lastUsedAt : nil }

    @inline(__always)
    func openChannel(for digest: Digest) -> UInt32? { ours[digest]?.number }

    /// The message that closes our channel, if it is open.
    mutating func close(_ digest: Digest) -> PeerMessage? {
        ours.removeValue(forKey: digest).map { .close(channel: $0.number) }
    }

    /// The channel over which the peer wants to hear of new pieces, and whether it was told of the old ones; nil when it wants to hear nothing.
    @inline(__always)
    func channelToTell(_ digest: Digest) -> (number: UInt32, saidHave: Bool)? {
        guard let channel = ours[digest], !channel.isClosedByPeer else { return nil }
        return (channel.number, channel.saidHave)
    }

    /// The peer opened the blob once and closed it again, and our channel is open still.
    func isClosedByPeer(_ digest: Digest) -> Bool { ours[digest]?.isClosedByPeer == true }

    /// The peer was told of all that we have of the blob.
    mutating func didSayHave(_ digest: Digest) { ours[digest]?.saidHave = true }
}

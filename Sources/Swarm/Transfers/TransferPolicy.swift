/// The knobs of a download. Defaults are what ships; the simulator varies them.
public struct TransferPolicy: Sendable {
    /// Whether the blob's origin may be asked; if not, it comes from peers or not at all.
    public var asksOrigin = true
    /// How long a peer that was asked for pieces may send nothing, all such times together, before they are asked of others.
    public var requestTimeout: Duration = .seconds(4)
    /// How long such a peer is then left alone; twice as long the second time, and so on.
    public var penalty: Duration = .seconds(10)
    /// Without any progress for this long the transfer tells the tracker that it is alone.
    public var lonelyAfter: Duration = .seconds(2)
    /// Without a tracker, nodes whose peers lack the same as they do go to the origin spread over this time after `trackerPatience`.
    public var aloneSpread: Duration = .seconds(2)
    /// Without a tracker, and without a piece that may be let out, nodes go to the origin spread over this time after `lonelyAfter`.
    public var heldBackSpread: Duration = .seconds(8)
    /// Without any progress for this long the transfer goes to the origin without a lease.
    public var stalledAfter: Duration = .seconds(15)
    /// Without a new piece for this long it does so too, whatever the lease holder says of its progress.
    public var starvedAfter: Duration = .seconds(45)
    /// A request that is older than this is also made of another peer, or the origin, that has nothing better to do.
    public var slowAfter: Duration = .seconds(16)
    /// A request that takes three times as long as nearly all do, or this long in any case, is also made of a peer that has nothing else to do.
    public var hedgeAfter: Duration = .seconds(3)
    /// How often requests are looked through for such; also the least time that one is given.
    public var hedgeInterval: Duration = .milliseconds(200)
    /// How often the origin may be given up without a new piece in between before the clients are told.
    public var surrenders = 2
    /// How often in a row a verified piece may fail to be stored.
    public var storeAttempts = 8
    /// How long a transfer waits for a tracker that is being connected to.
    public var trackerPatience: Duration = .seconds(1)
    /// How long it waits for chain states from the tracker before it asks its peers.
    public var statesPatience: Duration = .milliseconds(300)
    /// As much is asked of a peer at a time as it brings within this time: the bandwidth-delay product of the slowest path that shall be filled.
    public var requestAhead: Duration = .milliseconds(100)
    /// But not more than so many bytes, and never less than two pieces.
    public var requestDepthBytes = 8 << 20
    /// A peer that owes this many pieces more than an idle one is relieved of what the idle one has too.
    public var longQueuePieces = 5
    /// How long a peer that has declined what it offers is counted on to offer it again.
    public var declinedFor: Duration = .seconds(1)
    /// The same for one that has sent pieces of any blob within this time: it is busy, not mute.
    public var busyFor: Duration = .seconds(10)
    /// Attempts at the origin without a byte of progress in between.
    public var originAttempts = 5
    /// Wait before the second attempt; doubles with each, up to `originLongestWait`.
    public var originFirstWait: Duration = .milliseconds(200)
    public var originLongestWait: Duration = .seconds(3)
    /// How long a holder whose lease is to move waits for what it has asked for of the origin already.
    public var handOverPatience: Duration = .seconds(2)
    /// How long whoever goes on waits for a connection to the one before it: all pieces until then are there.
    public var predecessorPatience: Duration = .seconds(3)
    /// How often the lease holder's states go to the tracker at most, and how often it says that bytes flow.
    public var vouchInterval: Duration = .milliseconds(10)
    public var heartbeat: Duration = .seconds(1)
    /// How often peers are told of a blob's new pieces at most.
    public var newsInterval: Duration = .milliseconds(10)
    /// How many peers hear of a new piece at once, and how often the others are told of what they do not have by then.
    public var toldFirst = 3
    public var restInterval: Duration = .milliseconds(200)
    /// With so many peers or more, whoever streams a blob from its origin promises each piece to one of them first.
    public var fewestSeeded = 3
    /// Bytes promised to one peer and not sent yet, at most, but never less than two pieces.
    public var promisedBytes = 1 << 20
    /// How long such a piece waits for that peer to ask for it.
    public var promiseFor: Duration = .seconds(1)
    /// Peers of its own zone that a node connects to for a blob. Others may connect to it besides.
    public var neighbours = 10

    public init() {}
}

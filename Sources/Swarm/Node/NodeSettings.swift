/// Who a node is and what bounds it keeps.
public struct NodeSettings: Sendable {
    public var node: NodeID
    public var cluster: String
    public var zone: String
    /// `host:port` where other agents reach it.
    public var address: String
    private(set) var sharedTransfer = Shared(TransferPolicy())
    public var transfer: TransferPolicy {
        _read { yield sharedTransfer.value }
        _modify { yield &sharedTransfer.value }
    }
    /// Bytes of pieces asked of all peers together and not yet stored: what gathering them takes in memory.
    public var inFlightLimitBytes = 32 << 20
    /// But no more than what the link brings in `uploadQueue`, for which peers let requests wait, or these bytes if they are more: peers decline the
    /// rest.
    public var queuedInFlightBytes = 12 << 20
    /// Nor more than what the link brings within this time, or `leastInFlightBytes` if they are more.
    public var inFlightTime: Duration = .seconds(2)
    public var leastInFlightBytes = 512 << 10
    /// Nor less than so many pieces: one peer that does not answer is not all that is waited for.
    public var leastInFlightPieces = 4
    /// How long the best rate at which pieces came is taken for what the link brings.
    public var inFlightMemory: Duration = .seconds(10)
    public var connectionLimit = 256
    /// After this long a connection by which nothing is going on makes room for another one.
    public var idleAfter: Duration = .seconds(3)
    /// Blobs on their way to this node at once.
    public var transferLimit = 4096
    /// Piece bytes sent to other agents; nil for no limit.
    public var uploadBytesPerSecond: UInt64?
    /// Piece bytes asked of other agents; nil for no limit.
    public var downloadBytesPerSecond: UInt64?
    /// Bytes of data frames under way on all connections together: enough for a link, few enough that each piece is soon whole somewhere.
    public var uploadAheadBytes = 256 << 10
    /// But at least frames of so many pieces: peers to whom they go share their links with others, and one alone would not fill ours. Pieces of
    /// several frames keep us with one peer for longer, so that it takes more of them, unless these fill the link.
    public var uploadAheadPieces = 4
    public var uploadAheadLongPieces = 7
    /// What peers ask for beyond what goes out within this time, or these bytes or pieces if they are more, is declined until there is room
    /// again.
    public var uploadQueue: Duration = .milliseconds(100)
    public var shortestQueueBytes = 2 << 20
    public var shortestQueuePieces = 4
    /// Bytes of a data frame at most. Agents take no more than `WireLimits.dataPayload`; large simulations have fewer and longer ones.
    public var frameBytes = WireLimits.dataPayload
    /// Data frames under way on one connection, and the bytes with which no more are added.
    public var framesPerConnection = 4
    public var bytesPerConnection = 2 * WireLimits.dataPayload
    /// How long a node that sent wrong bytes is avoided.
    public var ban: Duration = .seconds(600)
    public var pingAfter: Duration = .seconds(15)
    public var deadAfter: Duration = .seconds(45)

    public init(node: NodeID, cluster: String, zone: String, address: String) {
        self.node = node
        self.cluster = cluster
        self.zone = zone
        self.address = address
    }
}

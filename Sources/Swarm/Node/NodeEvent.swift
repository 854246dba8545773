/// What happens to a node. The driver reports it; the policy never looks for itself. What is long and seldom lies apart, as in `PeerMessage`.
public enum NodeEvent: Sendable {
    // Clients.
    /// A client wants the blob. `stored` is what the node's store has of it from an earlier run, verified again; `size` is what a
    /// manifest says of it, if one named it.
    indirect case want(Digest, reader: ReaderID, stored: StoredPieces?, size: UInt64?)
    /// The client waits for this piece.
    case readerMoved(Digest, ReaderID, piece: Int)
    case readerLeft(Digest, ReaderID)

    // Peers.
    case connected(ConnectionID, isInitiator: Bool, expecting: NodeID?)
    case connectFailed(NodeID)
    case message(ConnectionID, PeerMessage)
    case disconnected(ConnectionID)
    /// What came over the connection could not be read, or `accept` refused it: the node is avoided from now on.
    case brokeProtocol(ConnectionID, WireError)
    /// A data frame that `upload` asked for was handed to the kernel.
    case uploaded(ConnectionID)
    /// The gathered bytes of a piece were hashed over its link.
    case checked(CheckOrder, PieceVerdict)

    // The tracker.
    case trackerConnecting
    case trackerConnected
    case trackerLost
    case tracker(TrackerReply)

    // The origin.
    case originAnswered(Digest, size: UInt64)
    case originFlows(Digest)
    /// A piece was streamed, hashed and stored. `end` is nil for the last piece, whose hash came out as the digest.
    indirect case originBrought(Digest, piece: Int, end: ChainState?)
    case originContradictsDigest(Digest)
    case originEnded(Digest, OriginFailure?)

    // The store.
    /// The blob is published.
    case published(Digest, size: UInt64)
    /// There is no room for the blob, or none any more.
    case cannotStore(Digest, String)
    /// The store let the blob go.
    case evicted(Digest)

    /// Time passed.
    case tick
}

/// Verified pieces that a store kept from an earlier run.
public struct StoredPieces: Sendable {
    public let size: UInt64
    public let states: StateList
    public let pieces: PieceSet

    public init(size: UInt64, states: StateList, pieces: PieceSet) {
        self.size = size
        self.states = states
        self.pieces = pieces
    }
}

/// What hashing a gathered piece showed.
public enum PieceVerdict: Hashable, Sendable {
    case stored
    case mismatch
    /// It links, but could not be written.
    case notStored
}

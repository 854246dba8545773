/// What a node wants done. The driver does it and reports back with `NodeEvent`s.
public enum NodeAction: Sendable {
    // Peers.
    case connect(PeerRecord)
    case disconnect(ConnectionID, reason: String)
    case send(ConnectionID, PeerMessage)
    /// Send a data frame whose bytes lie in the blob's file from `fileOffset` on; report `uploaded` when the kernel has it.
    case upload(ConnectionID, DataFrame, Digest, fileOffset: UInt64)
    /// Send chain states S_first on of a blob that lies whole in the store.
    case sendStates(ConnectionID, channel: UInt32, Digest, first: Int)
    /// Gathered bytes of a piece are no use.
    case drop(ConnectionID, Digest, piece: Int)
    /// Hash the gathered bytes over the link; store them if it holds, and record them for after a restart if `isTrusted`.
    case check(CheckOrder)

    // The tracker.
    case tell(TrackerRequest)

    // The origin.
    indirect case fetchOrigin(Digest, OriginOrder)
    case stopOrigin(Digest)
    /// Ask the origin for nothing more; the run ends, and is reported as ended, when all that it was asked for has come.
    case drainOrigin(Digest)

    // The store and the clients.
    /// The blob's size is known: make room, wake whoever waits for it.
    case sized(Digest, PieceLayout)
    /// More pieces may be emitted.
    case released(Digest)
    /// These stored pieces follow from claims that turned out wrong: forget them.
    case forget(Digest, pieces: [Int])
    /// Discard what is stored and end the bodies of clients that were given any of it.
    case restart(Digest, reason: String)
    /// All pieces link: publish the blob.
    indirect case publish(Digest, PieceLayout, StateList)
    case fail(Digest, TransferFailure)

    /// Something an operator wants to read.
    indirect case report(NodeReport)
}

/// What an operator wants to know of the policy's decisions.
public enum NodeReport: Sendable {
    case banned(NodeID, address: String, digest: Digest?, reason: String)
    case leaseGranted(Digest)
    case leaseYielded(Digest, reason: String)
    /// Another node is faster.
    case leasePassedOn(Digest)
    case wentAlone(Digest)
    case restarted(Digest, reason: String)
}

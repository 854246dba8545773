import Swarm

/// What comes with an event.
enum Parcel {
    /// A message, at the end of the connection at which it arrives.
    case message(LinkEnd.ID, PeerMessage)
    case dialled(PeerRecord, by: Int, epoch: Int)
    indirect case checked(
        node: Int, epoch: Int, Digest, piece: Int, from: ConnectionID, peer: NodeID, DigestChain.Link, PieceVerdict, isTrusted: Bool)
    case published(node: Int, epoch: Int, Digest, size: UInt64)
    indirect case toTracker(SessionID, TrackerRequest, epoch: Int)
    indirect case handledByTracker(SessionID, TrackerRequest, epoch: Int)
    indirect case fromTracker(SessionID, TrackerReply, node: Int, epoch: Int)
    case originAnswers(run: Int, OriginAsk)
}

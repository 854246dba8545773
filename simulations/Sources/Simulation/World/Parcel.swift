import Swarm

/// What comes with an event. What is long and seldom lies apart, so that each parcel lies in one line of a processor's cache (`ParcelStore`).
enum Parcel {
    /// A message, at the end of the connection at which it arrives.
    case message(LinkEnd.ID, PeerMessage)
    indirect case dialled(PeerRecord, by: Int, epoch: Int)
    case checked(node: Int, epoch: Int, CheckOrder, PieceVerdict)
    indirect case published(node: Int, epoch: Int, Digest, size: UInt64)
    indirect case toTracker(SessionID, TrackerRequest, epoch: Int)
    indirect case handledByTracker(SessionID, TrackerRequest, epoch: Int)
    case fromTracker(SessionID, TrackerLetter, node: Int, epoch: Int)
    indirect case originAnswers(run: Int, OriginAsk)
}

import Swarm

/// One thing that happens. Large ones are boxed: most events are small, and all are copied into the queue and out of it.
///
/// `epoch` tells a node, or a tracker, from what it was before it died: what was meant for that one is lost.
enum Event {
    // Nodes.
    case tick(node: Int, epoch: Int)
    case wants(pull: Int)
    indirect case dialled(PeerRecord, by: Int, epoch: Int)
    indirect case checked(
        node: Int, epoch: Int, Digest, piece: Int, from: ConnectionID, peer: NodeID, DigestChain.Link, PieceVerdict, isTrusted: Bool)
    indirect case published(node: Int, epoch: Int, Digest, size: UInt64)

    // Connections, by the end at which it happens.
    indirect case delivered(LinkEnd.ID, PeerMessage)
    case frameBegins(LinkEnd.ID, DataFrame)
    case frameFlows(LinkEnd.ID, serial: Int)
    case frameEnds(LinkEnd.ID, DataFrame)
    case closed(LinkEnd.ID)
    /// So much of a flow is through that something follows, if its rate has not changed since.
    case flowed(FluidNetwork.FlowID, version: Int)

    // The tracker.
    case dialsTracker(node: Int, epoch: Int)
    indirect case toTracker(SessionID, TrackerRequest, epoch: Int)
    indirect case handledByTracker(SessionID, TrackerRequest, epoch: Int)
    indirect case fromTracker(SessionID, TrackerReply, node: Int, epoch: Int)
    case sessionEnds(SessionID)
    case sessionLost(SessionID, node: Int, epoch: Int)
    case trackerTicks(epoch: Int)
    case trackerWakes(epoch: Int)

    // The origin.
    case originAnswers(run: Int, OriginAsk)
    case originHashed(run: Int)

    // What goes wrong.
    case fault(Int)
    case revived(node: Int)
    case trackerReturns
    case originReturns
    case zoneReturns(Int)
}

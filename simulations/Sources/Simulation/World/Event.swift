import Swarm

/// One thing that happens. What is large lies apart, as a `Parcel`: events are copied and put in order by the million.
///
/// `epoch` tells a node, or a tracker, from what it was before it died: what was meant for that one is lost.
enum Event {
    // Nodes.
    case tick(node: Int, epoch: Int)
    case wants(pull: Int)
    /// A parcel is opened where it was sent.
    case opens(ParcelStore.ID, node: Int)

    // Connections, by the end at which it happens.
    case frameBegins(LinkEnd.ID, DataFrame)
    case frameFlows(LinkEnd.ID, serial: Int)
    case frameEnds(LinkEnd.ID, DataFrame)
    case closed(LinkEnd.ID)
    /// So much of a flow is through that something follows, if its rate has not changed since.
    case flowed(FluidNetwork.FlowID, version: Int)

    // The tracker.
    case dialsTracker(node: Int, epoch: Int)
    case sessionEnds(SessionID)
    case sessionLost(SessionID, node: Int, epoch: Int)
    case trackerTicks(epoch: Int)
    case trackerWakes(epoch: Int)

    // The origin.
    case originHashed(run: Int)

    // What goes wrong.
    case fault(Int)
    case revived(node: Int)
    case trackerReturns
    case originReturns
    case zoneReturns(Int)
}

import Swarm

/// Where things happen: at a node, by its number, or elsewhere, at the place before all nodes.
extension World {
    func place(of event: Event) -> Int {
        switch event {
        case .tick(let node, _), .opens(_, let node), .dialsTracker(let node, _), .sessionLost(_, let node, _), .revived(let node):
            node + 1
        case .frameBegins(let end, _), .frameFlows(let end, _), .frameEnds(let end, _), .closed(let end),
            .taken(let end, _):
            ends[end].node + 1
        case .originHashed(let run): (runs[run]?.node ?? -1) + 1
        case .wants(let pull): pulls[pull].node + 1
        case .flowed, .sessionEnds, .trackerTicks, .trackerWakes, .fault, .trackerReturns, .originReturns,
            .zoneReturns:
            0
        }
    }

    /// - Returns: the node; -1 for elsewhere.
    func place(of parcel: Parcel) -> Int {
        switch parcel {
        case .message(let end, _): ends[end].node
        case .dialled(_, let node, _), .checked(let node, _, _, _, _, _, _, _, _), .published(let node, _, _, _),
            .fromTracker(_, _, let node, _):
            node
        case .originAnswers(let run, _): runs[run]?.node ?? -1
        case .toTracker, .handledByTracker: -1
        }
    }
}

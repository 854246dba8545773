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

/// Parcels on their way, each in a place of its own until it is opened.
struct Parcels {
    typealias ID = Int32

    private var places: [Parcel?] = []
    private var free: [ID] = []

    mutating func put(_ parcel: Parcel) -> ID {
        guard let id = free.popLast() else {
            places.append(parcel)
            return ID(places.count - 1)
        }
        places[Int(id)] = parcel
        return id
    }

    mutating func take(_ id: ID) -> Parcel? {
        guard let parcel = places[Int(id)].take() else { return nil }
        free.append(id)
        return parcel
    }
}

/// What a transfer wants done. The node adds the channel numbers, the driver does the work.
enum TransferAction: Equatable, Sendable {
    case request(ConnectionID, piece: Int)
    case cancel(ConnectionID, piece: Int)
    /// Bytes of the piece that came from this connection are no use any more.
    case drop(ConnectionID, piece: Int)
    case wantStates(ConnectionID, first: Int)
    /// Hash the gathered bytes over the link; store them if it holds, and record them if they are `trusted`.
    case check(CheckOrder)
    /// These stored pieces follow from claims that turned out wrong.
    case forget([Int])
    indirect case fetchOrigin(OriginOrder)
    case stopOrigin
    /// Ask the origin for nothing more, and say when all that it was asked for has come.
    case drainOrigin
    /// The blob's size became known.
    case sized(PieceLayout)
    /// More pieces may be emitted and relayed: `untold` has them.
    case released
    case vouch(size: UInt64, StateList)
    /// Tell the tracker how many leading pieces are verified, and how many in all.
    case progress(prefix: Int, pieces: Int)
    case yieldLease(reason: String)
    /// Nothing more is under way from the origin: whoever is to have the lease next may have it.
    case passLeaseOn
    case join(isAlone: Bool)
    case blame(ConnectionID, NodeID, reason: String)
    /// Everything stored is doubtful: discard it, and end the bodies of clients that were given any of it.
    case restart(reason: String)
    /// All pieces link: publish the blob.
    case finish(StateList)
    case fail(TransferFailure)
}

/// A contiguous run of pieces to be streamed from the origin.
public struct OriginOrder: Hashable, Sendable {
    public var firstPiece: Int
    /// Pieces up to this one; nil while the size is not known (then everything).
    public var endPiece: Int?
    /// The state that the first piece starts from; nil for the initial value.
    public var start: ChainState?
}

/// Why a blob cannot be had. The mirror turns it into an OCI error.
public enum TransferFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The origin says that there is no such thing.
    case notFound(String)
    /// Nobody delivers it now.
    case unavailable(String)
    /// This node cannot store it; whoever wants it may still have it from the origin, past the store.
    case cannotStore(String)

    public var description: String {
        switch self {
        case .notFound(let why), .unavailable(let why), .cannotStore(let why): why
        }
    }
}

/// How a fetch from the origin ended before its order was filled.
public enum OriginFailure: Error, Hashable, Sendable {
    /// The origin refuses for good (404, 401, …): another attempt would end alike.
    case refused(String)
    /// As `refused`, because it has no such blob.
    case notFound(String)
    /// The connection broke, timed out, or the answer was unusable.
    case broken(String)
}

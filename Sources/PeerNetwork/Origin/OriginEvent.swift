import BlobStore
import Swarm

/// What happened to one order's way from the origin into the store.
enum OriginEvent: Sendable {
    /// The head of an answer came: whose, bytes of the whole blob, and whether its body goes on to the blob's end.
    case answered(ask: Int, size: UInt64, isRangeIgnored: Bool, location: OriginLocation)
    /// Bytes came for a request, since it last said so.
    case received(ask: Int, bytes: Int)
    case gathered(ask: Int, OriginPieces.Whole)
    case ended(ask: Int)
    case failed(ask: Int, OriginFailure)
    /// The store is ready for pieces; nil when the swarm meanwhile wants something else.
    case opened(PartialBlob?)
    /// A piece is hashed; if it links, it is being written already or is still to be.
    case hashed(OriginPieces.Whole, PieceCheck, isBeingWritten: Bool)
    case written(piece: Int)
    /// The store does not take the blob's pieces.
    case notStored(OriginFailure)
    /// The agent has taken in the last report.
    ///
    /// - limitBytes: how much of this blob may wait in memory from now on.
    case reported(limitBytes: Int)
}

/// What is to be done next.
enum OriginStep: Sendable {
    case fetch(OriginAsk)
    /// Tell the agent the blob's size, and open the blob's place in the store.
    case open(size: UInt64)
    /// Let the reader of an answer, for which no memory is set aside, gather one more piece.
    case allow(ask: Int)
    /// Hash a piece, and write it if it links and the store is open.
    case hash(OriginPieces.Whole, start: ChainState?)
    /// Write a piece that was hashed before the store was open.
    case write(OriginPieces.Whole, PieceLink)
    case report([OriginReport])
    case end(OriginOutcome)
}

/// A piece that is hashed and stored; nil instead of its state after the last, whose hash came out as the digest.
struct OriginReport: Sendable {
    let piece: Int
    let end: ChainState?
}

/// How an order ended.
enum OriginOutcome: Sendable {
    /// Everything has come, or nobody wants it any more.
    case finished
    case failed(OriginFailure)
    /// The last piece came and the whole does not hash to the digest.
    case contradictsDigest
}

extension OriginFailure {
    /// Why, in words.
    var reason: String {
        switch self {
        case .refused(let why), .notFound(let why), .broken(let why): why
        }
    }
}

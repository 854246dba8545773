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
    /// Nothing more is to be asked for.
    case drain
    /// The agent has taken in the last report.
    ///
    /// - share: what this blob may have from now on.
    case reported(share: OriginShare)
}

import BlobStore
import Swarm

/// What is to be done next.
enum OriginStep: Sendable {
    case fetch(OriginAsk)
    /// Tell the agent the blob's size, and open the blob's place in the store.
    case open(size: UInt64)
    /// Let the reader of an answer, for which no memory is set aside, gather one more piece.
    case allow(ask: Int)
    /// Have the reader of an answer go no further than to the end of the piece that it is at.
    case cut(ask: Int)
    /// Hash a piece, and write it if it links and the store is open.
    case hash(OriginPieces.Whole, start: ChainState?)
    /// Write a piece that was hashed before the store was open.
    case write(OriginPieces.Whole, PieceLink)
    case report([OriginReport])
    case end(OriginOutcome)
}

import BlobStore
public import Swarm

/// One client's way through a blob, whole or still on its way. Its state belongs to the agent's actor.
public final class BlobReader: @unchecked Sendable {  // every field that changes is touched on the agent's loop only
    public let digest: Digest
    /// Bytes of the whole blob.
    public let size: UInt64
    let id: ReaderID
    let layout: PieceLayout
    /// Where its client says that the origin has it.
    let location: OriginLocation
    /// The whole blob's file; nil while it is under way.
    var file: ReadableBlob?
    var hasGivenBytes = false
    /// The blob was here, whole, before it was asked for.
    var isHeld = false
    /// The last piece it asked for.
    var piece: Int?
    /// Why nothing more comes.
    var ended: TransferFailure?
    /// States that were known when the store took no more, for going on from there.
    var states: StateList?
    /// Its way past the store; nil while it has none, or its bytes are being waited for.
    var passage: OriginPassage?

    init(id: ReaderID, digest: Digest, layout: PieceLayout, file: ReadableBlob?, location: OriginLocation) {
        self.location = location
        self.id = id
        self.digest = digest
        self.size = layout.blobSize
        self.layout = layout
        self.file = file
    }
}

/// A task that waits for something about a blob to change.
struct Waiter {
    let id: UInt64
    /// The piece without which it cannot go on; nil when it waits for something else.
    let piece: Int?
    private let continuation: CheckedContinuation<TransferFailure?, Never>

    init(id: UInt64, piece: Int?, _ continuation: CheckedContinuation<TransferFailure?, Never>) {
        self.id = id
        self.piece = piece
        self.continuation = continuation
    }

    func resume() { continuation.resume(returning: nil) }
    func resume(failing failure: TransferFailure) { continuation.resume(returning: failure) }
}

import Swarm
import UVLoop

/// One peer connection's socket, and the pieces that are being gathered from it. On the agent's loop only.
final class PeerLink {
    /// A data frame whose bytes are arriving. Shared, because each of its parts would copy all of it otherwise.
    final class Arrival {
        /// Where its bytes belong, and the memory there; nil for bytes that nobody wants.
        let target: (placement: SwarmNode.Placement, buffer: PieceBuffer)?
        let count: Int
        var filled = 0

        init(target: (SwarmNode.Placement, PieceBuffer)?, count: Int) {
            self.target = target
            self.count = count
        }

        /// The bytes that come next, where they belong.
        func take(_ bytes: UnsafeRawBufferPointer) {
            if let target { target.buffer.take(bytes, at: target.placement.offset + filled) }
            filled += bytes.count
        }
    }

    struct GatheringKey: Hashable {
        let digest: Digest
        let piece: Int
    }

    let id: ConnectionID
    let connection: TCPConnection
    private let memory: PieceMemory
    var parser = FrameParser()
    var arrival: Arrival?
    /// When the policy last heard that bytes of a frame come.
    var flowToldAt = Instant.zero
    var gathering: [GatheringKey: PieceBuffer] = [:]
    private var pace = ArrivalPace()
    /// What arrived and waits for further turns, because it is more messages than one turn takes.
    var backlog: [UInt8] = []
    /// How much of the backlog has been taken in.
    var backlogTaken = 0
    /// The connection has ended, and the agent has let go of it.
    var isGone = false
    /// Not read for now, because of the download limit.
    var isPaced = false
    /// Blobs whose chain states are being read from the store for this peer: once at a time, however often it asks.
    var tellingStates: Set<Digest> = []
    var bytesReceived: UInt64 = 0
    var bytesSent: UInt64 = 0

    init(id: ConnectionID, connection: TCPConnection, memory: PieceMemory) {
        self.memory = memory
        self.id = id
        self.connection = connection
    }

    /// Where the connection may read the bytes that come next, if they are a wanted piece's and enough to be worth a read of their own.
    var readSpace: UnsafeMutableRawBufferPointer? {
        guard let arrival, let (placement, buffer) = arrival.target else { return nil }
        let left = arrival.count - arrival.filled
        return left < Self.leastDirectBytes ? nil : buffer.space(at: placement.offset + arrival.filled, count: left)
    }

    /// A read that ends at the end of a frame is followed by another one: for less it is cheaper to copy.
    private static let leastDirectBytes = 16 << 10

    /// How many bytes should have come before it is worth while to look again.
    func bytesToAwait(after count: Int, now: Instant) -> Int {
        pace.bytesToAwait(left: arrival.map { $0.count - $0.filled } ?? 0, after: count, now: now)
    }

    /// Whether bytes of a frame may lie in the kernel because more are waited for than come.
    func awaitsTooMuch(_ now: Instant) -> Bool { arrival != nil && pace.isOverdue(now) }

    /// The buffer that gathers a piece; made at the piece's first frame.
    func buffer(for placement: SwarmNode.Placement) -> PieceBuffer {
        let key = GatheringKey(digest: placement.digest, piece: placement.piece)
        if let buffer = gathering[key], buffer.count == placement.pieceLength { return buffer }
        let buffer = PieceBuffer(count: placement.pieceLength, from: memory)
        gathering[key] = buffer
        return buffer
    }

    func takeBuffer(_ digest: Digest, _ piece: Int) -> PieceBuffer? {
        gathering.removeValue(forKey: GatheringKey(digest: digest, piece: piece))
    }
}

import DequeModule
import OrderedCollections

/// What the node that streams a blob from its origin keeps from its peers (BEP 16, "super-seeding").
///
/// Told of every piece, all peers would ask for the same ones, and wait for a second copy of what another could give them. So each piece is
/// promised to one peer; the others hear of it from that one. What was sent once is told to all when there is nothing better to send.
struct SuperSeed: Sendable {
    /// A piece that one peer was told of and has not been sent yet.
    struct Promise: Sendable {
        let connection: ConnectionID
        let madeAt: Instant
    }

    /// Pieces that nobody was told of, in the order in which they came.
    var waiting: Deque<Int> = []
    private(set) var promises: OrderedDictionary<Int, Promise> = [:]
    /// Pieces that were sent to one peer, and that the others were not told of; the oldest first.
    private(set) var sent: Deque<Int> = []
    /// Pieces that were promised to each peer so far.
    private(set) var promisedTo: [ConnectionID: Int] = [:]

    mutating func promise(_ piece: Int, to connection: ConnectionID, now: Instant) {
        promises[piece] = Promise(connection: connection, madeAt: now)
        promisedTo[connection, default: 0] += 1
    }

    /// - Returns: whether it was promised.
    mutating func wasSent(_ piece: Int) -> Bool {
        guard promises.removeValue(forKey: piece) != nil else { return false }
        sent.append(piece)
        return true
    }

    /// A piece that waits need not be promised to anybody any more.
    mutating func reveal(_ piece: Int) {
        waiting.removeAll { $0 == piece }
        sent.append(piece)
    }

    /// Pieces that all may hear of now, because they were sent longest ago.
    mutating func takeSent(_ count: Int) -> [Int] {
        let taken = Array(sent.prefix(count))
        sent.removeFirst(taken.count)
        return taken
    }

    /// Takes back the promises that `isOver` says so of; the oldest first.
    mutating func takePromises(where isOver: (Int, Promise) -> Bool) -> [Int] {
        let over = promises.filter { isOver($0.key, $0.value) }.keys
        for piece in over { promises.removeValue(forKey: piece) }
        return Array(over)
    }

    /// The peer is gone.
    ///
    /// - Returns: what it was promised, the oldest first.
    mutating func forget(_ connection: ConnectionID) -> [Int] {
        promisedTo.removeValue(forKey: connection)
        return takePromises { $1.connection == connection }
    }

    /// Every peer knows of everything.
    var isEmpty: Bool { waiting.isEmpty && promises.isEmpty && sent.isEmpty }

    /// Everything that some peer does not know of.
    var hidden: [Int] { Array(waiting) + promises.keys + sent }

    /// Of the pieces that can be served, those that a peer may know of.
    func visible(of released: PieceSet, to connection: ConnectionID) -> PieceSet {
        var visible = released
        for piece in waiting { visible.remove(piece) }
        for piece in sent { visible.remove(piece) }
        for (piece, promise) in promises where promise.connection != connection { visible.remove(piece) }
        return visible
    }
}

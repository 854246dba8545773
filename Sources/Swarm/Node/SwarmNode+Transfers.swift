import BasicContainers
import OrderedCollections

/// What transfers want, with the channels and peers that only the node knows.
extension SwarmNode {
    /// Where an accepted data frame's bytes belong.
    public struct Placement: Hashable, Sendable {
        public let digest: Digest
        public let piece: Int
        /// Bytes of the whole piece.
        public let pieceLength: Int
        /// Where in the piece the frame's bytes go.
        public let offset: Int
        /// With this frame the piece is whole: report it to `completed` once the bytes are there.
        public let isLast: Bool
    }

    /// A data frame begins. What it carries is only taken when it was asked for.
    ///
    /// - Returns: nil when the bytes are to be thrown away.
    /// - Throws: for a channel that is not open, and bytes that the piece cannot have.
    public mutating func accept(_ frame: DataFrame, from connection: ConnectionID, now: Instant) throws(WireError) -> Placement? {
        guard let neighbour = neighbours.index(forKey: connection) else { return nil }
        let digest = try neighbours.values[neighbour].hear(frame, now: now)
        if frame.count > 0 { linkIsUsed(now) }
        let piece = Int(frame.piece)
        guard let index = transfers.index(forKey: digest) else { return nil }
        guard let layout = transfers.values[index].layout else { return nil }
        // By the size that the peer itself has told.
        if transfers.values[index].offeredSize(by: connection) == layout.blobSize,
            piece >= layout.pieceCount || Int(frame.offset) + frame.count > layout.length(of: piece)
        {
            throw .invalid(field: "data beyond its piece")
        }
        let verdict = transfers.values[index].receive(
            connection, piece: piece, offset: Int(frame.offset), count: frame.count, now: now)
        guard verdict != .discard else { return nil }
        return Placement(
            digest: digest, piece: piece, pieceLength: layout.length(of: piece), offset: Int(frame.offset),
            isLast: verdict == .complete)
    }

    /// More bytes of a data frame have come, wanted or not: over a slow link one frame takes seconds, and what was asked for comes after it.
    public mutating func flows(_ connection: ConnectionID, now: Instant) {
        guard let neighbour = neighbours.index(forKey: connection) else { return }
        neighbours.values[neighbour].flows(now: now)
        linkIsUsed(now)
        guard let digest = neighbours.values[neighbour].arriving, let index = transfers.index(forKey: digest) else { return }
        transfers.values[index].flows(connection, now: now)
    }

    /// All bytes of a piece have been gathered.
    public mutating func completed(_ digest: Digest, piece: Int, from connection: ConnectionID, now: Instant) -> [NodeAction] {
        complete(digest, piece, connection, now)
        return takeActions()
    }

    /// The same, as `handle(_:now:into:)`.
    public mutating func completed(
        _ digest: Digest, piece: Int, from connection: ConnectionID, now: Instant, into lists: inout ActionLists
    ) {
        swap(&self.lists, &lists)
        complete(digest, piece, connection, now)
        swap(&self.lists, &lists)
    }

    private mutating func complete(_ digest: Digest, _ piece: Int, _ connection: ConnectionID, _ now: Instant) {
        if let layout = layout(of: digest) { arrived(layout.length(of: piece), now) }
        update(digest, only: connection, now) { $0.completed(piece, from: connection, now: now, actions: &$1) }
    }

    mutating func checked(_ check: CheckOrder, _ verdict: PieceVerdict, _ now: Instant) {
        update(check.digest, now) { transfer, wanted in
            switch verdict {
            case .stored: transfer.checked(check, holds: true, now: now, actions: &wanted)
            case .mismatch: transfer.checked(check, holds: false, now: now, actions: &wanted)
            case .notStored: transfer.notStored(check.piece, actions: &wanted)
            }
        }
    }

    mutating func perform(_ action: TransferAction, for digest: Digest, _ now: Instant) {
        switch action {
        case .request(let connection, let piece): ask(connection, digest, piece, now)
        case .cancel(let connection, let piece):
            if let channel = channel(for: digest, on: connection) {
                send(.cancel(channel: channel, piece: UInt32(piece)), on: connection, now)
            }
        case .drop(let connection, let piece): lists.actions.append(.drop(connection, digest, piece: piece))
        case .wantStates(let connection, let first):
            if let channel = channel(for: digest, on: connection) {
                send(.wantStates(channel: channel, first: UInt32(first)), on: connection, now)
            }
        case .check(let check): lists.actions.append(.check(check))
        case .forget(let pieces): lists.actions.append(.forget(digest, pieces: pieces))
        case .fetchOrigin(let order): lists.actions.append(.fetchOrigin(digest, order))
        case .stopOrigin: lists.actions.append(.stopOrigin(digest))
        case .drainOrigin: lists.actions.append(.drainOrigin(digest))
        case .sized(let layout): lists.actions.append(.sized(digest, layout))
        case .released:
            lists.actions.append(.released(digest))
            tellNews(of: digest, now)
        case .vouch(let size, let list):
            tell(.vouch(digest: digest, size: size, first: UInt32(list.first), states: list.bytes))
        case .progress(let prefix, let pieces): tell(.progress(digest: digest, prefix: UInt32(prefix), pieces: UInt32(pieces)))
        case .yieldLease(let reason):
            tell(.yield(digest: digest, reason: reason))
            lists.actions.append(.report(.leaseYielded(digest, reason: reason)))
        case .passLeaseOn:
            tell(.yield(digest: digest, reason: "another agent is faster"))
            lists.actions.append(.report(.leasePassedOn(digest)))
        case .join(let isAlone): join(digest, isAlone: isAlone)
        case .blame(let connection, let node, let reason): blame(connection, node, digest, reason, now)
        case .restart(let reason):
            lists.actions.append(.restart(digest, reason: reason))
            lists.actions.append(.report(.restarted(digest, reason: reason)))
        case .finish(let states):
            tellNews(of: digest, always: true, now)
            if let layout = transfers.inPlace(digest, { $0.layout }) { lists.actions.append(.publish(digest, layout, states)) }
        case .fail(let failure): fail(digest, failure)
        }
    }

    private mutating func ask(_ connection: ConnectionID, _ digest: Digest, _ piece: Int, _ now: Instant) {
        guard let channel = channel(for: digest, on: connection) else { return }
        send(.request(channel: channel, piece: UInt32(piece)), on: connection, now)
    }

    private mutating func blame(_ connection: ConnectionID, _ node: NodeID, _ digest: Digest, _ reason: String, _ now: Instant) {
        let address = peer(connection)?.address ?? "unknown"
        guard banned[node].map({ $0 > now }) != true else { return }
        ban(node, address: address, digest: digest, reason: reason, now)
        for blob in candidates.keys { candidates[blob]?.removeAll { $0.node == node } }
        if neighbours.contains(connection) { lists.actions.append(.disconnect(connection, reason: reason)) }
    }

    // MARK: Finding peers

    /// Connects to peers that the tracker named for the blob, up to the policy's number of neighbours; and to twice as many of other zones,
    /// however many of these came by themselves: who is to bring the blob into the zone may need just the last one named.
    mutating func dial(for digest: Digest, _ now: Instant) {
        guard let index = transfers.index(forKey: digest) else { return }
        var room = settings.transfer.neighbours
        var farRoom = room * 2
        room -= transfers.values[index].sources.count { $0.reach == .near }
        for candidate in candidates[digest] ?? [] {
            if banned[candidate.node].map({ $0 > now }) == true || candidate.node == settings.node { continue }
            if candidate.zone == settings.zone {
                guard room > 0 || candidate.node == transfers.values[index].predecessor?.node else { continue }
                room -= 1
            } else {
                guard farRoom > 0 else { continue }
                farRoom -= 1
            }
            if let connection = connections[candidate.node] {
                open(digest, on: connection, now)
            } else if dialling[candidate.node] != nil {
                if dialling[candidate.node]?.contains(digest) == false { dialling[candidate.node]?.append(digest) }
            } else if makeRoom(besides: dialling.count, now) {
                dialling[candidate.node] = [digest]
                lists.actions.append(.connect(candidate))
            }
        }
    }
}

import BasicContainers
import OrderedCollections

/// Connections to other agents, and what is said on them.
extension SwarmNode {
    mutating func connected(_ connection: ConnectionID, _ isInitiator: Bool, _ expecting: NodeID?, _ now: Instant) {
        guard makeRoom(now) else {
            if let expecting { connectFailed(expecting, now) }
            lists.actions.append(.disconnect(connection, reason: "this node has \(settings.connectionLimit) connections, its limit"))
            return
        }
        let session = PeerSession(cluster: settings.cluster, isInitiator: isInitiator, expecting: expecting, now: now)
        neighbours.set(session, forKey: connection)
        let hello = Hello(
            role: .agent, node: settings.node, cluster: settings.cluster, zone: settings.zone, address: settings.address)
        send(.hello(hello), on: connection, now)
    }

    /// Closes a connection for one more, if there would be more than the limit: of those by which nothing is going on the one that was used least
    /// recently. Whom a node once met would otherwise keep it from whom it needs now.
    ///
    /// - Parameter dialled: how many more there will be besides.
    /// - Returns: whether there is room.
    mutating func makeRoom(besides dialled: Int = 0, _ now: Instant) -> Bool {
        guard connectionCount + dialled >= settings.connectionLimit else { return true }
        var idle: (index: Int, since: Instant)?
        for index in neighbours.values.indices {
            guard let since = neighbours.values[index].idleSince, now - since >= settings.idleAfter,
                !uploads.contains(neighbours.keys[index])
            else { continue }
            if since < idle?.since ?? now { idle = (index, since) }
        }
        guard let (index, since) = idle else { return false }
        let connection = neighbours.keys[index]
        neighbours.values[index].isLeaving = true
        leavingCount += 1
        if let node = neighbours.values[index].peer?.node, connections[node] == connection { connections[node] = nil }
        lists.actions.append(.disconnect(connection, reason: "nothing for \(now - since), and another one is needed"))
        return true
    }

    mutating func connectFailed(_ node: NodeID, _ now: Instant) {
        guard let blobs = dialling.removeValue(forKey: node) else { return }
        for digest in blobs {
            candidates[digest]?.removeAll { $0.node == node }
            dial(for: digest, now)
        }
    }

    mutating func disconnected(_ connection: ConnectionID, _ now: Instant) {
        guard let neighbour = neighbours.removeValue(forKey: connection) else { return }
        uploads.removeValue(forKey: connection)
        if neighbour.isLeaving { leavingCount -= 1 }
        if let node = neighbour.peer?.node {
            if connections[node] == connection { connections[node] = nil }
        } else if let node = neighbour.expecting {
            // It hung up before it said who it is.
            connectFailed(node, now)
        }
        for digest in transfers.keys where transfers.inPlace(digest, { $0.sources.contains(connection) }) == true {
            unpromise(digest, connection, now)
            update(digest, now) { $0.lose(connection, actions: &$1) }
            // Nobody left to ask: the tracker may know others, or that it is this node's turn at the origin.
            let hasSource = transfers.peek(digest) { $0.sources.contains { $0.reach != .reserve } }
            if hasSource == false, case .connected = tracker { join(digest, isAlone: true) }
            lookAfter(digest, now)
        }
    }

    /// The number of our open channel for the blob.
    mutating func channel(for digest: Digest, on connection: ConnectionID) -> UInt32? {
        guard let index = neighbours.index(forKey: connection) else { return nil }
        return neighbours.values[index].openChannel(for: digest)
    }

    mutating func send(_ message: consuming PeerMessage, on connection: ConnectionID, _ now: Instant) {
        if let index = neighbours.index(forKey: connection) { neighbours.values[index].lastSaidAt = now }
        lists.actions.append(.send(connection, message))
    }

    mutating func violate(_ connection: ConnectionID, _ error: WireError, _ now: Instant) {
        if let hello = peer(connection) {
            ban(hello.node, address: hello.address, digest: nil, reason: "broke the protocol: \(error)", now)
        }
        lists.actions.append(.disconnect(connection, reason: "\(error)"))
    }

    mutating func ban(_ node: NodeID, address: String, digest: Digest?, reason: String, _ now: Instant) {
        banned[node] = now + settings.ban
        lists.actions.append(.report(.banned(node, address: address, digest: digest, reason: reason)))
    }

    /// - Parameter index: the neighbour's.
    mutating func keepAlive(_ index: Int, _ now: Instant) {
        let silence = now - neighbours.values[index].lastHeardAt
        guard silence > settings.pingAfter else { return }
        let connection = neighbours.keys[index]
        if silence > settings.deadAfter {
            lists.actions.append(.disconnect(connection, reason: "silent for \(settings.deadAfter)"))
        } else if neighbours.values[index].isGreeted, now - neighbours.values[index].lastSaidAt > settings.pingAfter {
            send(.ping, on: connection, now)
        }
    }

    // MARK: Hearing

    mutating func hear(_ message: consuming PeerMessage, from connection: ConnectionID, _ now: Instant) {
        guard let index = neighbours.index(forKey: connection), !neighbours.values[index].isLeaving else { return }
        do {
            guard let said = try neighbours.values[index].hear(message, now: now) else { return }
            try react(to: said, from: connection, now)
        } catch {
            violate(connection, error, now)
        }
    }

    private mutating func react(to said: consuming PeerSession.Said, from connection: ConnectionID, _ now: Instant) throws(WireError) {
        switch consume said {
        case .hello(let hello): greet(hello, on: connection, now)
        case .opened(let digest, let wants): opened(digest, by: connection, isAnswerDue: wants, now)
        case .closed(let digest, let channel):
            cancelUploads(over: channel, to: connection)
            closed(digest, by: connection, now)
        case .missing(let digest):
            update(digest, now) { $0.lose(connection, actions: &$1) }
            unpromise(digest, connection, now)
            close(digest, on: connection, now)
        case .has(let digest, let size, let pieces): has(digest, size, pieces, connection, now)
        case .gained(let digest, let pieces): gained(digest, pieces, connection, now)
        case .wantsStates(let digest, let first): giveStates(digest, from: first, to: connection, now)
        case .states(let digest, let list): update(digest, now) { $0.claimed(connection, list, actions: &$1) }
        case .requested(let digest, let piece, let channel): try requested(digest, piece, over: channel, by: connection, now)
        case .cancelled(let piece, let channel): cancelUploads(piece, over: channel, to: connection)
        case .rejected(let digest, let piece):
            let sentAt = neighbours.inPlace(connection) { $0.lastDataAt } ?? .zero
            update(digest, now) { $0.rejected(connection, piece: piece, sentAt: sentAt, now: now, actions: &$1) }
        case .ping: send(.pong, on: connection, now)
        case .pong: break
        }
    }

    /// The handshake is done. Of two connections between the same nodes the one that the lower id began stays; of two that the same node
    /// began the newer, because nobody dials a node that it is connected to.
    private mutating func greet(_ hello: Hello, on connection: ConnectionID, _ now: Instant) {
        let blobs = dialling.removeValue(forKey: hello.node) ?? []
        // Somebody else answers at the address of whom we dialled.
        if let expected = neighbours.inPlace(connection, { $0.expecting }), expected != hello.node { connectFailed(expected, now) }
        guard hello.node != settings.node else {
            lists.actions.append(.disconnect(connection, reason: "this is the node itself: check --advertise"))
            return
        }
        if let until = banned[hello.node], until > now {
            lists.actions.append(.disconnect(connection, reason: "banned"))
            return
        }
        if let other = connections[hello.node], other != connection {
            let iBegan = neighbours.inPlace(connection) { $0.isInitiator } == true
            let otherBeganByMe = neighbours.inPlace(other) { $0.isInitiator } == true
            let lowerIsMe = settings.node < hello.node
            guard iBegan == otherBeganByMe || iBegan == lowerIsMe else {
                lists.actions.append(.disconnect(connection, reason: "another connection to that node exists"))
                for digest in blobs { open(digest, on: other, now) }
                return
            }
            lists.actions.append(.disconnect(other, reason: "another connection to that node replaces it"))
        }
        connections[hello.node] = connection
        for digest in transfers.keys where blobs.contains(digest) || candidates[digest]?.contains(where: { $0.node == hello.node }) == true
        {
            open(digest, on: connection, now)
        }
    }

    /// Opens our channel for a blob and says what we have of it.
    ///
    /// - Parameter isAnswer: the peer opened it first.
    mutating func open(_ digest: Digest, on connection: ConnectionID, isAnswer: Bool = false, _ now: Instant) {
        let isWhole = held[digest] != nil
        guard let node = peer(connection)?.node, let opening = neighbours.inPlace(connection, { $0.open(digest, isWhole: isWhole) }) else {
            return
        }
        let reach = reach(of: connection, for: digest)
        transfers.inPlace(digest) { $0.add(connection, node: node, reach: reach) }
        send(opening, on: connection, now)
        sayHave(digest, on: connection, now)
        guard !isAnswer, let index = transfers.index(forKey: digest) else { return }
        // Whoever is named has it, most of the time: with small blobs asking first would take as long as the blob itself.
        if transfers.values[index].expectSmallBlob(from: connection) { schedule(digest, now) }
    }

    /// Who was named one peer of another zone is to bring the blob into its own, and may ask all of other zones.
    private func reach(of connection: ConnectionID, for digest: Digest) -> BlobTransfer.Reach {
        guard let zone = peer(connection)?.zone, zone != settings.zone else { return .near }
        return candidates[digest]?.contains { $0.zone != settings.zone } == true ? .far : .reserve
    }

    private mutating func opened(_ digest: Digest, by connection: ConnectionID, isAnswerDue: Bool, _ now: Instant) {
        guard transfers.contains(digest) || isAnswerDue && held[digest] != nil else {
            if isAnswerDue { send(.missing(digest: digest), on: connection, now) }
            return
        }
        if let node = peer(connection)?.node {
            let reach = reach(of: connection, for: digest)
            transfers.inPlace(digest) { $0.add(connection, node: node, reach: reach) }
        }
        if neighbours.inPlace(connection, { $0.openChannel(for: digest) }) == nil {
            open(digest, on: connection, isAnswer: true, now)
        } else if neighbours.inPlace(connection, { $0.channelToTell(digest)?.saidHave }) == false {
            sayHave(digest, on: connection, now)
        }
    }

    /// The peer is done with the blob. If nothing but serving it was left to do here, so are we.
    private mutating func closed(_ digest: Digest, by connection: ConnectionID, _ now: Instant) {
        update(digest, now) { $0.lose(connection, actions: &$1) }
        unpromise(digest, connection, now)
        if !transfers.contains(digest) { close(digest, on: connection, now) }
    }

    private mutating func has(_ digest: Digest, _ size: UInt64, _ pieces: PieceSet, _ connection: ConnectionID, _ now: Instant) {
        if held[digest] != nil, pieces.isComplete {
            // Both hold it whole: there is nothing left to say.
            close(digest, on: connection, now)
        }
        update(digest, now) { $0.has(connection, size: size, pieces: pieces, actions: &$1) }
    }

    /// The most frequent message of all: most of what is told is had already, and changes nothing but how rare it is.
    private mutating func gained(_ digest: Digest, _ pieces: PieceList, _ connection: ConnectionID, _ now: Instant) {
        guard let index = transfers.index(forKey: digest) else {
            // It said so before it heard that this node has the blob: it may have it too, and then wait for that word for ever.
            return sayHave(digest, on: connection, now)
        }
        transfers.values[index].gained(connection, pieces: pieces)
        let isWorthAsking = transfers.values[index].isWorthAsking(connection, for: pieces, now: now)
        if isWorthAsking { schedule(digest, only: connection, now) }
    }

    private mutating func giveStates(_ digest: Digest, from first: Int, to connection: ConnectionID, _ now: Instant) {
        guard let channel = channel(for: digest, on: connection) else { return }
        guard let chain = transfers.inPlace(digest, { $0.chain }) else {
            if held[digest] != nil { lists.actions.append(.sendStates(connection, channel: channel, digest, first: first)) }
            return
        }
        let most = WireLimits.stateBytesPerMessage / digest.algorithm.byteCount
        let list = chain.vouchedStates.slice(first..<first + most)
        guard !list.isEmpty, list.first == first else { return }
        send(.states(channel: channel, first: UInt32(first), bytes: list.bytes), on: connection, now)
    }

    /// Ends our side of a blob on one connection, if it is open.
    mutating func close(_ digest: Digest, on connection: ConnectionID, _ now: Instant) {
        if let message = neighbours.inPlace(connection, { $0.close(digest) }) { send(message, on: connection, now) }
    }

    /// Ends our side of a blob on every connection.
    mutating func close(_ digest: Digest) {
        for connection in neighbours.keys {
            if let message = neighbours.inPlace(connection, { $0.close(digest) }) { lists.actions.append(.send(connection, message)) }
        }
    }
}

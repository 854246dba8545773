import BlobStore
import Logging
import Swarm
import UVLoop

/// Sockets to other agents.
extension SwarmAgent {
    func accepted(_ connection: TCPConnection) {
        guard !isStopping else { return connection.abort() }
        adopt(connection, isInitiator: false, expecting: nil)
    }

    func connect(to peer: PeerRecord) {
        Task {
            do {
                guard let (host, port) = SocketAddress.split(peer.address),
                    let address = try await loop.resolve(host: host, port: port).first
                else { throw AgentError.address(peer.address) }
                let connection = try await TCPConnection.connect(on: loop, to: address, timeout: .seconds(3))
                guard !isStopping else { return connection.abort() }
                adopt(connection, isInitiator: true, expecting: peer.node)
            } catch {
                logger.debug("peer not reached", metadata: ["peer": "\(peer.node)", "address": "\(peer.address)", "error": "\(error)"])
                feed(.connectFailed(peer.node))
            }
        }
    }

    private func adopt(_ connection: TCPConnection, isInitiator: Bool, expecting: NodeID?) {
        lastConnection += 1
        let link = PeerLink(id: ConnectionID(lastConnection), connection: connection, memory: memory)
        links[link.id] = link
        connection.onRead = { bytes in self.read(bytes, on: link) }
        connection.readSpace = { link.readSpace }
        connection.onClose = { error in self.closed(link, error) }
        connection.resumeReading()
        feed(.connected(link.id, isInitiator: isInitiator, expecting: expecting))
    }

    private func closed(_ link: PeerLink, _ error: UVError?) {
        guard links.removeValue(forKey: link.id) != nil else { return }
        link.isGone = true
        if let arrival = link.arrival { count(arrival, on: link) }
        if let error, let peer = node?.peer(link.id) {
            logger.debug("peer connection broke", metadata: ["peer": "\(peer.node)", "address": "\(peer.address)", "error": "\(error)"])
        }
        ledgers.remember(link, node?.peer(link.id))
        feed(.disconnected(link.id))
    }

    func disconnect(_ id: ConnectionID, reason: String) {
        guard let link = links[id] else { return }
        logger.debug("disconnecting", metadata: ["connection": "\(id)", "reason": "\(reason)"])
        link.connection.close(within: .seconds(1))
    }

    func send(_ message: PeerMessage, on id: ConnectionID) {
        guard let link = links[id] else { return }
        do {
            try link.connection.write(message.encode())
        } catch {
            // A peer that lets its queue overflow is as good as gone.
            link.connection.abort()
        }
    }

    // MARK: Receiving

    /// Messages of one peer that are taken in before the actor's other jobs get their turn: a flood must not keep it from them.
    private static let messagesPerTurn = 64

    private func read(_ bytes: UnsafeRawBufferPointer, on link: PeerLink) {
        guard !link.isGone, let taken = takeTurn(bytes, on: link) else { return }
        pace(link, bytes.count)
        let awaited = link.bytesToAwait(after: bytes.count, now: now)
        guard taken < bytes.count else { return link.connection.awaitBytes(awaited) }
        // Some of what the frame lacks is here already, and need not come again.
        link.connection.awaitBytes(1)
        link.backlog = Array(bytes[taken...])
        link.backlogTaken = 0
        link.connection.pauseReading()
        continueLater(link)
    }

    private func continueLater(_ link: PeerLink) {
        Task { readBacklog(of: link) }
    }

    private func readBacklog(of link: PeerLink) {
        guard !link.isGone, link.connection.isOpen else { return }
        let backlog = link.backlog
        let taken = backlog.withUnsafeBytes { takeTurn(UnsafeRawBufferPointer(rebasing: $0[link.backlogTaken...]), on: link) }
        guard let taken else { return }
        link.backlogTaken += taken
        if link.backlogTaken < backlog.count { return continueLater(link) }
        link.backlog = []
        resumeReading(link)
    }

    /// Takes in as much of what a peer sent as it may have in one turn.
    ///
    /// - Returns: how many bytes that was; nil when the connection is at its end.
    private func takeTurn(_ bytes: UnsafeRawBufferPointer, on link: PeerLink) -> Int? {
        var index = 0
        var messages = 0
        do throws(WireError) {
            while messages < Self.messagesPerTurn, let element = try link.parser.next(in: bytes, at: &index) {
                switch element {
                case .message(let type, let payload):
                    messages += 1
                    if let message = try PeerMessage.decode(type: type, payload: payload) { feed(.message(link.id, message)) }
                case .data(let frame):
                    messages += 1
                    try begin(frame, on: link)
                case .bytes(let range): take(UnsafeRawBufferPointer(rebasing: bytes[range]), on: link)
                }
                guard !link.isGone, link.connection.isOpen else { return nil }
            }
            return index
        } catch {
            broke(link, error)
            return nil
        }
    }

    /// The peer broke the protocol: the policy avoids it from now on, and nothing more is said to it.
    private func broke(_ link: PeerLink, _ error: WireError) {
        if node?.peer(link.id) == nil {
            let address = link.connection.remoteAddress.map { "\($0)" } ?? "unknown"
            logger.notice("a stranger does not speak the peers' protocol", metadata: ["address": "\(address)", "error": "\(error)"])
        }
        feed(.brokeProtocol(link.id, error))
        link.connection.abort()
    }

    private func begin(_ frame: DataFrame, on link: PeerLink) throws(WireError) {
        let placement = try node?.accept(frame, from: link.id, now: now)
        link.arrival = PeerLink.Arrival(target: placement.map { ($0, link.buffer(for: $0)) }, count: frame.count)
        if frame.count == 0 { finish(link) }
    }

    private func take(_ bytes: UnsafeRawBufferPointer, on link: PeerLink) {
        guard let arrival = link.arrival else { return }
        arrival.take(bytes)
        if arrival.filled == arrival.count {
            finish(link)
        } else if now - link.flowToldAt >= Self.flowInterval {
            link.flowToldAt = now
            node?.flows(link.id, now: now)
        }
    }

    /// How often the policy hears of a frame that takes long.
    private static let flowInterval = Duration.milliseconds(250)

    private func finish(_ link: PeerLink) {
        guard let arrival = link.arrival else { return }
        link.arrival = nil
        count(arrival, on: link)
        guard let placement = arrival.target?.placement, placement.isLast, !isStopping else { return }
        perform(node?.completed(placement.digest, piece: placement.piece, from: link.id, now: now) ?? [])
    }

    /// Counts what came of a data frame, at its end or at the connection's.
    private func count(_ arrival: PeerLink.Arrival, on link: PeerLink) {
        observer.peerReceived(bytes: arrival.filled)
        if let placement = arrival.target?.placement {
            ledgers.received(placement.digest, arrival.filled, from: link)
        } else {
            observer.duplicated(bytes: arrival.filled)
        }
    }

    // MARK: Serving

    /// Sends a piece's fragment out of the blob's file; the kernel does the copying.
    func upload(_ frame: DataFrame, of digest: Digest, at offset: UInt64, on id: ConnectionID) {
        if let served = files.open[digest] { return send(frame, served, offset, on: id) }
        let upload = FileOpening.Upload(frame: frame, offset: offset, connection: id)
        guard fileOpenings[digest] == nil else {
            fileOpenings[digest]?.uploads.append(upload)
            return
        }
        lastFileOpening += 1
        let opening = FileOpening(number: lastFileOpening, uploads: [upload])
        fileOpenings[digest] = opening
        Task {
            let served: ServedFiles.Served
            do {
                served = try await servedFile(digest)
            } catch {
                logger.warning("a piece could not be served", metadata: ["digest": "\(digest)", "error": "\(error)"])
                guard fileOpenings[digest]?.number == opening.number else { return }
                for upload in fileOpenings.removeValue(forKey: digest)?.uploads ?? [] { links[upload.connection]?.connection.abort() }
                return
            }
            // What is in the file may have been given up meanwhile.
            guard fileOpenings[digest]?.number == opening.number else { return }
            files.add(served, for: digest)
            // In the order in which they were asked for: a piece's fragments count only one after the other.
            for upload in fileOpenings.removeValue(forKey: digest)?.uploads ?? [] {
                send(upload.frame, served, upload.offset, on: upload.connection)
            }
        }
    }

    /// The blob's file holds nothing worth serving any more.
    func forgetFile(of digest: Digest) {
        files.forget(digest)
        for upload in fileOpenings.removeValue(forKey: digest)?.uploads ?? [] { feed(.uploaded(upload.connection)) }
    }

    private func servedFile(_ digest: Digest) async throws -> ServedFiles.Served {
        let store = store
        let partial = try await partials[digest]?.value
        let file = try await loop.work {
            let blob = try partial?.reader ?? store.openForReading(digest)
            // The blob's own descriptor must not be closed, and its number given to another file, before it is duplicated.
            return try withExtendedLifetime(blob) { try OpenFile(duplicating: blob.descriptor) }
        }
        return ServedFiles.Served(digest, file)
    }

    private func send(_ frame: DataFrame, _ served: ServedFiles.Served, _ offset: UInt64, on id: ConnectionID) {
        guard let link = links[id] else { return }
        do {
            try link.connection.write(frame.encodeHeader())
            try link.connection.sendFile(served.file, offset: offset, count: frame.count) { error in
                served.end()
                if error == nil { self.uploaded(frame.count, on: id) }
            }
            served.begin(in: store)
        } catch {
            link.connection.abort()
        }
    }

    private func uploaded(_ count: Int, on id: ConnectionID) {
        observer.peerSent(bytes: count)
        links[id]?.bytesSent += UInt64(count)
        feed(.uploaded(id))
    }
}

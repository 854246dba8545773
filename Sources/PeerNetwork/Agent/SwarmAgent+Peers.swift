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
        let link = PeerLink(id: ConnectionID(lastConnection), connection: connection)
        links[link.id] = link
        let id = link.id
        connection.onRead = { bytes in self.read(bytes, on: id) }
        connection.onClose = { error in self.closed(id, error) }
        connection.resumeReading()
        feed(.connected(id, isInitiator: isInitiator, expecting: expecting))
    }

    private func closed(_ id: ConnectionID, _ error: UVError?) {
        guard let link = links.removeValue(forKey: id) else { return }
        if let error, let peer = node?.peer(id) {
            logger.debug("peer connection broke", metadata: ["peer": "\(peer.node)", "address": "\(peer.address)", "error": "\(error)"])
        }
        ledgers.remember(link, node?.peer(id))
        feed(.disconnected(id))
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

    private func read(_ bytes: UnsafeRawBufferPointer, on id: ConnectionID) {
        guard let link = links[id] else { return }
        var index = 0
        do {
            while let element = try link.parser.next(in: bytes, at: &index) {
                switch element {
                case .message(let type, let payload):
                    if let message = try PeerMessage.decode(type: type, payload: payload) { feed(.message(id, message)) }
                case .data(let frame): try begin(frame, on: link)
                case .bytes(let range): take(UnsafeRawBufferPointer(rebasing: bytes[range]), on: link)
                }
                guard links[id] === link, link.connection.isOpen else { return }
            }
        } catch {
            let peer = node?.peer(id)
            logger.warning(
                "peer broke the protocol",
                metadata: [
                    "peer": "\(peer.map { "\($0.node)" } ?? "unknown")", "address": "\(peer?.address ?? "unknown")", "error": "\(error)",
                ])
            link.connection.abort()
        }
    }

    private func begin(_ frame: DataFrame, on link: PeerLink) throws(WireError) {
        let placement = try node?.accept(frame, from: link.id, now: now)
        link.arrival = PeerLink.Arrival(placement: placement, buffer: placement.map { link.buffer(for: $0) }, count: frame.count)
        if frame.count == 0 { finish(link) }
    }

    private func take(_ bytes: UnsafeRawBufferPointer, on link: PeerLink) {
        guard let arrival = link.arrival else { return }
        if let placement = arrival.placement, let buffer = arrival.buffer {
            buffer.copy(bytes, at: placement.offset + arrival.filled)
            observer.peerReceived(bytes: bytes.count)
            ledgers.received(placement.digest, bytes.count, from: link)
        } else {
            observer.peerReceived(bytes: bytes.count)
            countDuplicate(bytes: bytes.count)
        }
        link.arrival?.filled += bytes.count
        if arrival.filled + bytes.count == arrival.count { finish(link) }
    }

    private func finish(_ link: PeerLink) {
        guard let arrival = link.arrival else { return }
        link.arrival = nil
        guard let placement = arrival.placement, placement.isLast, node != nil else { return }
        perform(node?.completed(placement.digest, piece: placement.piece, from: link.id, now: now) ?? [])
    }

    // MARK: Serving

    /// Sends a piece's fragment out of the blob's file; the kernel does the copying.
    func upload(_ frame: DataFrame, of digest: Digest, at offset: UInt64, on id: ConnectionID) {
        if let file = files.open[digest] { return send(frame, file, offset, on: id) }
        Task {
            do {
                let file = try await servedFile(digest)
                files.add(file, for: digest)
                send(frame, file, offset, on: id)
            } catch {
                logger.warning("a piece could not be served", metadata: ["digest": "\(digest)", "error": "\(error)"])
                links[id]?.connection.abort()
            }
        }
    }

    private func servedFile(_ digest: Digest) async throws -> OpenFile {
        let store = store
        let partial = try await partials[digest]?.value
        return try await loop.work {
            let blob = try partial?.reader ?? store.openForReading(digest)
            return try OpenFile(duplicating: blob.descriptor)
        }
    }

    private func send(_ frame: DataFrame, _ file: OpenFile, _ offset: UInt64, on id: ConnectionID) {
        guard let link = links[id] else { return }
        do {
            try link.connection.write(frame.encodeHeader())
            try link.connection.sendFile(file, offset: offset, count: frame.count) { error in
                if error == nil { self.uploaded(frame.count, on: id) }
            }
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

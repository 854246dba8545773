import Swarm
import UVLoop

/// Hearing the tracker, and talking to it.
extension TrackerLoad {
    func read(_ bytes: UnsafeRawBufferPointer, of session: AgentSession) {
        tally.receivedBytes += UInt64(bytes.count)
        var position = 0
        do throws(WireError) {
            while let element = try session.parser.next(in: bytes, at: &position) {
                guard case .message(let type, let payload) = element else { throw .unexpected(message: "data from a tracker") }
                guard let reply = try TrackerReply.decode(type: type, payload: payload) else { continue }
                try hear(reply, session)
                if case .lost = session.state { return }
            }
        } catch {
            lose(session, "broken protocol", session.isOpen ? "\(error)" : "what listens there is no tracker of this version: \(error)")
        }
    }

    private func hear(_ reply: TrackerReply, _ session: AgentSession) throws(WireError) {
        switch reply {
        case .hello(let hello): try greeted(session, by: hello)
        case .peers(let digest, _, let peers):
            tally.peersTold += peers.count
            // Gateways are told of peers that they did not ask for.
            guard let sent = session.joins.removeValue(forKey: digest) else { return }
            tally.join.add(nanoseconds: now - sent)
            tally.joinsAnswered += 1
            answered()
        case .lease(let digest, _):
            tally.leases += 1
            bring(digest, session)
        case .pong:
            guard let ping = session.pings.first else { throw .unexpected(message: "a pong without a ping") }
            session.pings.removeFirst()
            if case .announcement = ping.kind { tally.announce.add(nanoseconds: now - ping.sentNanoseconds) }
            answered()
        case .unavailable(let digest, let reason): tally.errors.add("blob unavailable", example: "\(digest.short): \(reason)")
        case .revoke, .states, .sharesTags, .meaning, .askOrigin, .pause, .handOver: break
        }
    }

    private func answered() {
        pending -= 1
        if pending == 0, joins == nil { proceed() }
    }

    /// A lease's holder has the blob at once: swarms without a seed would be about origins, and there is none.
    private func bring(_ digest: Digest, _ session: AgentSession) {
        send(.vouch(digest: digest, size: SyntheticBlobs.sizeBytes, first: 1, states: blobs.states), session)
        announce(digest, session)
    }

    func announce(_ digest: Digest, _ session: AgentSession) {
        send(.announce([HeldBlob(digest: digest, size: SyntheticBlobs.sizeBytes)]), session)
        ping(session, .announcement)
    }

    func ping(_ session: AgentSession, _ kind: AgentSession.Ping) {
        guard session.isOpen else { return }
        session.pings.append((kind, now))
        pending += 1
        send(.ping, session)
    }

    func send(_ request: TrackerRequest, _ session: AgentSession) {
        // Where the tracker has ended the connection, `onClose` is about to say so.
        guard session.connection.isOpen else { return }
        do throws(UVError) {
            try session.connection.write(request.encode())
        } catch {
            lose(session, "could not send", "\(error)")
        }
    }
}

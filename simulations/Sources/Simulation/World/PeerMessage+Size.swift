import Swarm

extension PeerMessage {
    /// Bytes of the whole frame, without making it.
    var frameBytes: Int {
        let head = 5
        switch self {
        case .gained(_, let pieces): return head + 4 + 4 * min(pieces.count, WireLimits.piecesPerGain)
        case .request, .cancel, .reject, .wantStates: return head + 8
        case .states(_, _, let bytes): return head + 8 + bytes.count
        case .hello, .open, .serve, .close, .missing, .have, .ping, .pong: return encode().count
        }
    }
}

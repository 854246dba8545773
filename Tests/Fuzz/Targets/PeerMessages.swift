import Swarm

/// The stream between two agents: frames, then messages.
enum Target: FuzzTarget {
    static var seeds: [[UInt8]] {
        var messages: [PeerMessage] = [
            .hello(Samples.hello(.agent)), .close(channel: 1), .have(channel: 1, size: Samples.size, pieces: Samples.pieces),
            .have(channel: 2, size: 0, pieces: PieceSet(completeWith: PieceLayout(blobSize: 0)?.pieceCount ?? 0)),
            .gained(channel: 1, pieces: [0, 7, 4_000_000_000]), .wantStates(channel: 1, first: 1),
            .states(channel: 1, first: 1, bytes: Array(repeating: 9, count: 96)), .request(channel: 1, piece: 3),
            .cancel(channel: 1, piece: 3), .reject(channel: 1, piece: 3), .ping, .pong,
        ]
        for digest in Samples.digests {
            messages += [.open(channel: 1, digest: digest), .serve(channel: 2, digest: digest), .missing(digest: digest)]
        }
        let data = DataFrame(channel: 1, piece: 2, offset: 4096, count: 5).encodeHeader() + [1, 2, 3, 4, 5]
        let frames = messages.map { $0.encode() } + [data]
        // The first byte is the size of the chunks.
        return frames.map { [255] + $0 } + [[7] + frames.joined()]
    }

    static func run(_ bytes: [UInt8]) {
        guard let chunk = bytes.first else { return }
        let stream = Array(bytes.dropFirst())
        let whole = FrameStream(stream, chunk: max(1, stream.count))
        precondition(whole == FrameStream(stream, chunk: Int(chunk) + 1), "where the stream is cut must not matter")
        for case .message(let type, let payload) in whole.events {
            guard let message = try? PeerMessage.decode(type: type, payload: payload) else { continue }
            let frame = message.encode()
            let again = FrameStream(frame, chunk: frame.count)
            guard again.error == nil, case .message(let type, let payload)? = again.events.first, again.events.count == 1 else {
                preconditionFailure("our own frame is one frame")
            }
            precondition((try? PeerMessage.decode(type: type, payload: payload)) == message, "decode(encode(m)) is m")
        }
    }
}

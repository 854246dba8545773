import Swarm

/// The stream between agent and tracker, both ways.
enum Target: FuzzTarget {
    static var seeds: [[UInt8]] {
        var requests: [TrackerRequest] = [.hello(Samples.hello(.agent)), .ping]
        var replies: [TrackerReply] = [.hello(Samples.hello(.tracker)), .pong]
        let server = "https://registry-1.docker.io"
        (requests, replies) = (
            requests + [.pause(server: server, .seconds(60))], replies + [.sharesTags, .pause(server: server, .seconds(60))]
        )
        if let tag = TagName(registry: "docker.io", repository: "library/busybox", tag: "1.36", isForEverybody: true) {
            requests += [.askTag(tag, notOlderThan: .seconds(30)), .tellTag(tag, nil)]
            replies += [.askOrigin(tag)]
            for digest in Samples.digests {
                let meaning = TagMeaning(digest: digest, size: 1234, mediaType: "application/vnd.oci.image.index.v1+json")
                requests.append(.tellTag(tag, meaning))
                replies.append(.meaning(tag, meaning, age: .seconds(7)))
            }
        }
        let peers = [PeerRecord(node: Samples.node, address: "10.0.0.8:7700", zone: "zone-b")]
        for digest in Samples.digests {
            let states = Array(repeating: UInt8(3), count: 2 * digest.algorithm.byteCount)
            requests += [
                .join(JoinRequest(digest: digest, prefix: 3, holdsLease: true, isAlone: true)), .leave(digest), .offline,
                .announce([HeldBlob(digest: digest, size: Samples.size)]), .progress(digest: digest, prefix: 9, pieces: 11),
                .vouch(digest: digest, size: Samples.size, first: 1, states: states), .yield(digest: digest, reason: "origin: 404"),
            ]
            replies += [
                .peers(digest: digest, size: Samples.size, peers: peers), .peers(digest: digest, size: nil, peers: []), .lease(digest),
                .lease(digest, after: Samples.node), .revoke(digest), .handOver(digest),
                .states(digest: digest, size: Samples.size, first: 1, states: states), .unavailable(digest: digest, reason: "not found"),
            ]
        }
        // The first byte tells who is listening.
        return requests.map { [0] + $0.encode() } + replies.map { [1] + $0.encode() }
    }

    static func run(_ bytes: [UInt8]) {
        guard let side = bytes.first else { return }
        let stream = FrameStream(Array(bytes.dropFirst()), chunk: bytes.count)
        for case .message(let type, let payload) in stream.events {
            if side % 2 == 0 {
                guard let request = try? TrackerRequest.decode(type: type, payload: payload) else { continue }
                let (type, payload) = parts(of: request.encode())
                precondition((try? TrackerRequest.decode(type: type, payload: payload)) == request, "decode(encode(m)) is m")
            } else {
                guard let reply = try? TrackerReply.decode(type: type, payload: payload) else { continue }
                let (type, payload) = parts(of: reply.encode())
                precondition((try? TrackerReply.decode(type: type, payload: payload)) == reply, "decode(encode(m)) is m")
            }
        }
    }

    private static func parts(of frame: [UInt8]) -> (UInt8, [UInt8]) {
        let stream = FrameStream(frame, chunk: frame.count)
        guard stream.error == nil, stream.events.count == 1, case .message(let type, let payload)? = stream.events.first else {
            preconditionFailure("our own frame is one frame")
        }
        return (type, payload)
    }
}

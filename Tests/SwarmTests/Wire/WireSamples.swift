import Swarm

/// One or more of every message, with the values that are likeliest to go wrong.
enum WireSamples {
    static let short = Digest(.sha256, bytes: (0..<32).map { UInt8($0) })!
    static let long = Digest(.sha512, bytes: (0..<64).map { UInt8($0) })!
    static let node = NodeID(high: .max, low: 7)
    static let hello = Hello(role: .agent, node: node, cluster: "production", zone: "zürich-1", address: "[fe80::1]:7000")

    static let tag = TagName(registry: "docker.io", repository: "library/busybox", tag: "1.36", isForEverybody: true)!
    static let longestTag = TagName(
        registry: String(repeating: "r", count: 255), repository: String(repeating: "é", count: 127),
        tag: String(repeating: "t", count: 255), isForEverybody: false)!
    static let meaning = TagMeaning(digest: long, size: 1234, mediaType: "application/vnd.oci.image.index.v1+json")

    static let peer: [PeerMessage] = [
        .hello(hello), .hello(Hello(role: .tracker, node: node, cluster: "", zone: "", address: String(repeating: "a", count: 255))),
        .open(channel: 1, digest: short), .open(channel: .max, digest: long), .serve(channel: 3, digest: long),
        .close(channel: 0), .missing(digest: long),
        .have(channel: 3, size: 0, pieces: PieceSet(completeWith: 1)), .have(channel: 3, size: 0, pieces: PieceSet(pieceCount: 1)),
        .have(channel: 3, size: 1_000_000, pieces: PieceSet(completeWith: 16)),
        .have(channel: 3, size: 1_000_000, pieces: PieceSet(bitfield: [0x80, 0x01] as [UInt8], pieceCount: 16)!),
        .gained(channel: 2, pieces: []), .gained(channel: 2, pieces: [0, 1, .max]),
        .gained(channel: 2, pieces: PieceList(0..<UInt32(WireLimits.piecesPerGain))),
        .wantStates(channel: 1, first: 1), .states(channel: 1, first: 1, bytes: []),
        .states(channel: 1, first: .max, bytes: [UInt8](repeating: 7, count: WireLimits.stateBytesPerMessage)),
        .request(channel: 1, piece: 0), .cancel(channel: 1, piece: .max), .reject(channel: .max, piece: 2), .ping, .pong,
    ]

    static let requests: [TrackerRequest] = [
        .hello(hello), .offline, .join(JoinRequest(digest: short)),
        .join(JoinRequest(digest: long, prefix: .max, holdsLease: true, isAlone: true)), .announce([]),
        .announce([HeldBlob(digest: short, size: 0), HeldBlob(digest: long, size: PieceLayout.blobSizeLimit)]),
        .announce(Array(repeating: HeldBlob(digest: long, size: 5), count: WireLimits.blobsPerAnnouncement)),
        .leave(short), .vouch(digest: short, size: 0, first: 1, states: []),
        .vouch(digest: long, size: 1_000_000, first: 3, states: [UInt8](repeating: 1, count: 128)),
        .yield(digest: short, reason: "404 Not Found"), .progress(digest: long, prefix: 12, pieces: 15), .ping,
        .askTag(tag, notOlderThan: .zero), .askTag(longestTag, notOlderThan: .milliseconds(Int64(UInt32.max))), .tellTag(tag, nil),
        .tellTag(longestTag, meaning), .tellTag(tag, TagMeaning(digest: short, size: nil, mediaType: "")),
        .pause(server: "https://registry-1.docker.io", .seconds(3600)), .pause(server: "", .zero),
    ]

    static let replies: [TrackerReply] = [
        .hello(hello), .peers(digest: short, size: nil, peers: []),
        .peers(
            digest: long, size: 0,
            peers: Array(
                repeating: PeerRecord(node: node, address: String(repeating: "a", count: 255), zone: "z"),
                count: WireLimits.peersPerHandout)),
        .lease(short), .lease(long, after: node), .revoke(long), .handOver(short),
        .states(digest: short, size: 65_537, first: 1, states: [UInt8](repeating: 2, count: 32)),
        .states(digest: short, size: 9, first: 1, states: []), .unavailable(digest: long, reason: ""), .pong,
        .sharesTags, .meaning(tag, meaning, age: .milliseconds(29_999)), .askOrigin(longestTag),
        .pause(server: "http://127.0.0.1:5000", .milliseconds(1)),
    ]

    /// Type and payload of a whole frame.
    static func parts(_ frame: [UInt8]) -> (type: UInt8, payload: [UInt8]) { (frame[4], Array(frame.dropFirst(5))) }
}

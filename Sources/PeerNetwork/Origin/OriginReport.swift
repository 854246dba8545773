import Swarm

/// A piece that is hashed and stored; nil instead of its state after the last, whose hash came out as the digest.
struct OriginReport: Sendable {
    let piece: Int
    let end: ChainState?
}

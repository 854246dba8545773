/// Pieces that the node has and that only some of its peers were told of.
struct PartlyTold: Sendable {
    let pieces: [Int]
    let peers: [ConnectionID]
}

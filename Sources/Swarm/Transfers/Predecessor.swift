/// Who held the lease before this node, and goes on serving what it has.
struct Predecessor: Sendable {
    let node: NodeID
    /// It has all pieces before this one.
    let end: Int
    /// When a connection to it is not waited for any more.
    let deadline: Instant
}

/// Hears what an agent's metrics count. Called on the agent's loop: it must be quick.
public protocol AgentObserver: Sendable {
    func originReceived(bytes: Int)
    func peerReceived(bytes: Int)
    func peerSent(bytes: Int)
    /// Bytes that did not verify.
    func rejected(bytes: Int)
    /// Bytes that came though they were had, or not asked for any more.
    func duplicated(bytes: Int)
    /// Whole blobs left the store to make room.
    func evicted(blobs: Int, bytes: UInt64)
    /// A blob is not stored, or not stored to its end, because the store takes no more.
    func storeRefused()
    /// Bytes from the origin that went to a client past the store.
    func passedThrough(bytes: Int)
}

/// Hears what an agent's metrics count. Called on the agent's loop: it must be quick.
public protocol AgentObserver: Sendable {
    func originReceived(bytes: Int)
    func peerReceived(bytes: Int)
    func peerSent(bytes: Int)
    /// Bytes that did not verify.
    func rejected(bytes: Int)
    /// Bytes that came though they were had, or not asked for any more.
    func duplicated(bytes: Int)
}

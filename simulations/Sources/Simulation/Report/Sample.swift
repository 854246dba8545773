/// How far the cluster was at one moment.
public struct Sample: Codable, Sendable {
    /// Nanoseconds of virtual time between two.
    static let interval: Int64 = 100_000_000

    public let seconds: Double
    public let nodesWithImage: Int
    public let bytesFromOrigin: Int
    public let bytesFromPeers: Int
}

extension World {
    func sample() -> Sample {
        var (whole, fromOrigin, fromPeers) = (0, 0, 0)
        for node in nodes {
            whole += node.wholeAt == nil ? 0 : 1
            fromOrigin += node.bytesFromOrigin
            fromPeers += node.bytesFromPeers
        }
        return Sample(
            seconds: Double(queue.now - Self.settling) / 1e9, nodesWithImage: whole, bytesFromOrigin: fromOrigin, bytesFromPeers: fromPeers)
    }
}

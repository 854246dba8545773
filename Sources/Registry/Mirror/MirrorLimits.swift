/// What bounds the mirror's work for one client.
public struct MirrorLimits: Sendable {
    /// The most bytes read from the source, or sent from a file, at a time. Two such chunks are held for a client that is slow to take them.
    public var chunkBytes = 1 << 20
    /// How long a client may take nothing of what it is sent before its connection is closed.
    public var writeStall: Duration = .seconds(300)
    /// How long a connection may lie idle between requests.
    public var idle: Duration = .seconds(300)
    /// Connections at a time; more wait to be accepted.
    public var connections = 1024

    public init() {}
}

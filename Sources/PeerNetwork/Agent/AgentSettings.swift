public import Swarm

/// What an agent is told at its start.
public struct AgentSettings: Sendable {
    /// `host:port` of each tracker, in the order in which they are tried.
    public var trackers: [String]
    /// `host:port` of the peer socket; port 0 lets the system choose.
    public var listen: String
    /// `host:port` that other agents are told; nil for the listening address.
    public var advertise: String?
    public var zone: String
    public var cluster: String
    /// Seed of all random choices; nil for one of the system's.
    public var seed: UInt64?
    public var transfer = TransferPolicy()
    /// With this many blobs on their way nothing more is fetched before a client asks for it; 0 for never.
    public var prefetchLimit = 32
    /// Connections to other agents at most; an idle one makes room for another.
    public var connectionLimit = 256
    /// Bytes of pieces that may be gathered at once.
    public var inFlightLimitBytes = 32 << 20
    /// Bytes of pieces from origins that may wait in memory for the pieces before them, over all blobs. A blob gets three pieces in any case.
    public var originLimitBytes = 40 << 20
    /// Piece bytes a second to other agents; nil for no limit.
    public var uploadBytesPerSecond: UInt64?
    /// Bytes a second from other agents; nil for no limit.
    public var downloadBytesPerSecond: UInt64?
    /// Bytes a second of blobs and manifests from origins; nil for no limit.
    public var originBytesPerSecond: UInt64?

    public init(trackers: [String], listen: String, advertise: String? = nil, zone: String, cluster: String = "default") {
        self.trackers = trackers
        self.listen = listen
        self.advertise = advertise
        self.zone = zone
        self.cluster = cluster
    }
}

/// Why an agent cannot start.
public enum AgentError: Error, CustomStringConvertible {
    case address(String)
    case advertiseUnspecified(String)

    public var description: String {
        switch self {
        case .address(let text): "\"\(text)\" is not an address: expected HOST:PORT"
        case .advertiseUnspecified(let address):
            "peers cannot be told to connect to \(address): give --advertise HOST:PORT with an address that other nodes reach"
        }
    }
}

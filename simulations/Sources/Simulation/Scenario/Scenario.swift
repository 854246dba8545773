public import Swarm

/// What happens in one simulated cluster: who pulls what, over which links, and what goes wrong. `simulations/README.md` has the file format.
///
/// Rates are bytes a second, infinite where nothing limits.
public struct Scenario: Sendable {
    public var name: String
    public var description = ""
    public var seed: UInt64 = 1
    /// Sizes of the image's blobs, bytes.
    public var image: [UInt64]
    public var groups: [Group]
    public var network = Network()
    public var zones: [String: Zone] = [:]
    public var origin = Origin()
    public var tracker = Tracker()
    public var costs = Costs()
    public var faults: [Fault] = []
    /// What every agent is set to; its identity is put in for each node.
    public var agent = NodeSettings(node: NodeID(high: 0, low: 0), cluster: "simulation", zone: "", address: "")
    /// The run ends here at the latest.
    public var until: Duration = .seconds(3600)

    public init(name: String, image: [UInt64], groups: [Group]) {
        self.name = name
        self.image = image
        self.groups = groups
    }

    public var nodeCount: Int { groups.reduce(0) { $0 + $1.count } }
    public var imageBytes: UInt64 { image.reduce(0, +) }

    /// Nodes that are alike.
    public struct Group: Sendable {
        public var count: Int
        public var up: Double
        public var down: Double
        public var zone = "zone"
        /// When the first of them wants the image, and over which time the others follow, each at a random moment of it.
        public var joinAt: Duration = .zero
        public var joinOver: Duration = .zero
        public var misdeed: Misdeed?
        /// They have the image from the beginning.
        public var holds = false

        public init(count: Int, up: Double, down: Double) {
            self.count = count
            self.up = up
            self.down = down
        }
    }

    /// How a hostile node behaves.
    public enum Misdeed: String, Sendable, CaseIterable {
        /// Every piece it sends is wrong.
        case flipsBytes = "flips-bytes"
        /// It takes requests and never answers them.
        case servesNothing = "serves-nothing"
    }

    /// The way between any two machines.
    public struct Network: Sendable {
        /// One way, and by how much it varies from message to message.
        public var latency: Duration = .microseconds(200)
        public var jitter: Duration = .microseconds(100)
        /// What the kernel of a sender takes before it is sent (`TCP_NOTSENT_LOWAT`), bytes.
        public var unsentBytes = 128 << 10

        public init() {}
    }

    /// The links of a zone to all others and to the origin.
    public struct Zone: Sendable {
        public var up = Double.infinity
        public var down = Double.infinity
        /// One way, beside the network's.
        public var latency: Duration = .zero

        public init() {}
    }

    /// The registry.
    public struct Origin: Sendable {
        public var rate = Double.infinity
        /// Of each request.
        public var streamRate = Double.infinity
        /// Requests at a time; the next one is answered with 429.
        public var streamLimit = Int.max
        public var firstByte: Duration = .milliseconds(20)
        /// nil for none: it is as far from all.
        public var zone: String?

        public init() {}
    }

    /// The tracker's machine, and what it is told.
    public struct Tracker: Sendable {
        public var isThere = true
        /// CPU time of one message.
        public var messageCost: Duration = .microseconds(10)
        public var originZone: String?

        public init() {}
    }

    /// What work costs a node.
    public struct Costs: Sendable {
        /// Bytes a second that are hashed, and that are written.
        public var hashing = 1.1e9
        public var disk = 1.5e9

        public init() {}
    }

    /// What goes wrong, and when.
    public struct Fault: Sendable {
        public var at: Duration
        public var kind: Kind

        public init(at: Duration, kind: Kind) {
            self.at = at
            self.kind = kind
        }

        /// What happens.
        public enum Kind: Sendable {
            /// This share of the nodes dies; they come back after `backAfter`, if at all.
            case crash(share: Double, backAfter: Duration?)
            /// The tracker dies; another one, which remembers nothing, comes after `backAfter`.
            case trackerStops(backAfter: Duration?)
            case originStops(backAfter: Duration?)
        }
    }
}

public import Swarm

/// What happens in one simulated cluster: who pulls what, over which links, and what goes wrong. `simulations/README.md` has the file format.
///
/// Rates are bytes a second, infinite where nothing limits.
public struct Scenario: Sendable {
    public var name: String
    public var description = ""
    public var seed: UInt64 = 1
    /// Sizes of all layers, bytes; images are made of them.
    public var layers: [UInt64]
    public var images: [Image]
    public var groups: [Group]
    /// Pulls of single nodes, recorded or drawn, besides those of the groups.
    public var pulls: [RegistryWorkload.Pull] = []
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

    /// One image, of layers of these sizes.
    public init(name: String, image: [UInt64], groups: [Group]) {
        self.init(name: name, layers: image, images: [Image(name: "image", layers: Array(image.indices))], groups: groups)
    }

    public init(name: String, layers: [UInt64], images: [Image], groups: [Group]) {
        self.name = name
        self.layers = layers
        self.images = images
        self.groups = groups
    }

    public var nodeCount: Int { groups.reduce(0) { $0 + $1.count } }

    /// How finely time is told apart. Event by event, each flow that comes or goes has the shares of all links settled anew, which many make slow.
    var step: Duration { network.step ?? (nodeCount > Self.mostNodesExact ? .milliseconds(1) : .zero) }

    private static let mostNodesExact = 80

    /// Each end of a connection has two zones' numbers, of 16 bits.
    static let mostZones = 1 << 16

    /// Of all zones in which anything is, in order.
    var zoneNames: [String] {
        Set(groups.map(\.zone)).union(zones.keys).union([origin.zone, tracker.zone].compactMap(\.self)).sorted()
    }

    /// What is pulled at a time.
    public struct Image: Hashable, Sendable {
        public var name: String
        /// Indices into the scenario's layers.
        public var layers: [Int]

        public init(name: String, layers: [Int]) {
            self.name = name
            self.layers = layers
        }
    }

    /// All nodes of a group want an image.
    public struct Pull: Hashable, Sendable {
        /// An index into the scenario's images.
        public var image = 0
        /// When the first of them wants it, and over which time the others follow, each at a random moment of it.
        public var at: Duration = .zero
        public var over: Duration = .zero

        public init(image: Int = 0, at: Duration = .zero, over: Duration = .zero) {
            self.image = image
            self.at = at
            self.over = over
        }
    }

    /// Nodes that are alike.
    public struct Group: Sendable {
        public var count: Int
        public var up: Double
        public var down: Double
        public var zone = "zone"
        public var pulls: [Pull]
        public var misdeed: Misdeed?
        /// Images that they have from the beginning.
        public var holds: [Int] = []

        public init(count: Int, up: Double, down: Double, pulls: [Pull] = [Pull()]) {
            self.count = count
            self.up = up
            self.down = down
            self.pulls = pulls
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
        /// Share of packets that are lost between any two machines: what it leaves of a connection's rate.
        public var loss = 0.0
        /// What the kernel of a sender takes before it is sent (`TCP_NOTSENT_LOWAT`), bytes.
        public var unsentBytes = 128 << 10
        /// How finely time is told apart; zero for event by event, nil for what suits the number of links.
        public var step: Duration?

        public init() {}
    }

    /// The links of a zone to all others and to the origin.
    public struct Zone: Sendable {
        public var up = Double.infinity
        public var down = Double.infinity
        /// One way, beside the network's; so is the loss.
        public var latency: Duration = .zero
        public var loss = 0.0

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
        /// But for its cluster, and its handout, which is as long as nodes want neighbours.
        public var settings = TrackerSettings(cluster: "")
        /// nil for none: it is as far from all.
        public var zone: String?

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
            /// Nothing comes into the zone or out of it; what was on its way waits until `backAfter`, or is lost.
            case cutsOff(zone: String, backAfter: Duration?)
        }
    }
}

/// Which images there are, and who pulls which of them when: what a registry's day comes to, recorded or synthesised.
public struct RegistryWorkload: Hashable, Sendable {
    public var images: [Image]
    /// Ordered by time.
    public var pulls: [Pull]

    public init(images: [Image], pulls: [Pull]) {
        self.images = images
        self.pulls = pulls
    }

    /// Part of an image. Those of the same id are the same blob.
    public struct Layer: Hashable, Sendable {
        /// Counted from 0 over all images.
        public let id: Int
        public let bytes: UInt64
    }

    /// One version of what a repository holds.
    public struct Image: Hashable, Sendable {
        /// Counted from 0.
        public let repository: Int
        /// When it came into the registry; zero for what was there before.
        public let pushed: Duration
        /// The base first.
        public let layers: [Layer]

        public var bytes: UInt64 { layers.reduce(0) { $0 + $1.bytes } }
    }

    /// A node wants an image; of its layers it fetches those that it has not.
    public struct Pull: Hashable, Sendable {
        public let time: Duration
        /// Counted from 0.
        public let node: Int
        /// An index into `images`.
        public let image: Int
    }

    /// How many nodes pull.
    public var nodeCount: Int { (pulls.map(\.node).max() ?? -1) + 1 }

    /// Each layer that is in any image, by its id.
    public var layers: [Layer] {
        var seen: Set<Int> = []
        return images.flatMap(\.layers).filter { seen.insert($0.id).inserted }.sorted { $0.id < $1.id }
    }
}

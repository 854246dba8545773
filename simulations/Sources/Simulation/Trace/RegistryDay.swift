import Swarm

/// A registry's day that never was, drawn from a seed: images that share layers, new versions of them, and who pulls which when.
///
/// It is like those that were measured in sizes of layers (65 % are below 1 MB, 80 % below 10 MB and 90 % below 63 MB), in how much images
/// share (layer sharing saves 1.48x on Docker Hub's 10,000 most popular images) and in how unequally layers are asked for (1 % of them take
/// 59 % of the requests at IBM's registries, FAST '18). Where no figure was published, what is assumed says so.
public struct RegistryDay: Hashable, Sendable {
    public var seed: UInt64
    public var nodes: Int
    /// Repositories; each has one image when the day begins.
    public var images: Int
    public var pulls: Int
    public var duration: Duration
    /// New versions over the day.
    public var pushes: Int
    /// Of the pulls of an image of which there are new versions, how many come soon after one (assumed).
    public var followingShare = 0.5
    /// How long after a push those come, on average; the delay is exponential (assumed).
    public var followingDelay: Duration
    /// No layer is larger, bytes.
    public var largestLayer: UInt64 = 10_000_000_000
    /// Of the tail of sizes (assumed; with it, layers have 26 MB on average).
    public var tailExponent = 1.25
    /// Bytes of all images by bytes of all layers, at the beginning.
    public var sharing = 1.48
    /// What part of all requests for layers, those of a node that has them included, is for the 1 % of the registry's layers that are asked
    /// for most. A day needs about 1,000 images to come to 59 %, as below 1 % of the layers is less than what a few images have.
    public var topShare = 0.59
    /// Of Zipf's law, by which images are pulled; nil for the one at which `topShare` is expected, at most 1.5.
    public var popularityExponent: Double?

    /// - Parameters:
    ///   - pushes: a tenth as many as images if nil (assumed).
    public init(nodes: Int, images: Int, pulls: Int, pushes: Int? = nil, duration: Duration = .seconds(86_400), seed: UInt64 = 1) {
        self.seed = seed
        self.nodes = nodes
        self.images = images
        self.pulls = pulls
        self.duration = duration
        self.pushes = pushes ?? images / 10
        // Ten minutes of a whole day.
        followingDelay = duration / 144
    }

    /// Draws the day. The images of the beginning come first, that of repository 0, the most popular one, before all; then, by time, those
    /// that are pushed.
    public func workload() -> RegistryWorkload {
        precondition(nodes > 0 && images > 0 && pulls >= 0 && pushes >= 0 && duration > .zero, "a day has nodes, images and some length")
        // Each has numbers of its own, so that more pulls leave the images as they were.
        var random = SeededGenerator(seed: seed)
        var maker = ImageMaker(sizes: .init(largest: Double(largestLayer), tailExponent: tailExponent), seed: random.next())
        var images = maker.first(self.images, sharing: sharing)
        var pushing = SeededGenerator(seed: random.next())
        for (time, repository) in pushTimes(&pushing) { images.append(maker.successor(of: repository, in: images, at: time)) }
        let versions = Versions(images)
        let exponent = popularityExponent ?? exponent(versions, images)
        var pulling = SeededGenerator(seed: random.next())
        return RegistryWorkload(images: images, pulls: pulls(of: versions, exponent: exponent, &pulling))
    }

    /// When what is pushed, by time. Popular images are pushed more often: a rank's logarithm is equally distributed (assumed).
    private func pushTimes(_ random: inout SeededGenerator) -> [(time: Duration, repository: Int)] {
        let times = (0..<pushes).map { _ in duration * Double.random(in: 0..<1, using: &random) }.sorted()
        return times.map { time in
            let rank = Powers.power(Double(images), .random(in: 0..<1, using: &random))
            return (time, min(images, Int(rank)) - 1)
        }
    }
}

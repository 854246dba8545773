import Swarm

/// Puts images together from layers.
struct ImageMaker {
    /// Of a base image, and on top of it: eight on average (assumed).
    private static let baseLayers = 2...6
    private static let ownLayers = 1...7
    /// How many images have a base that none had before (assumed).
    private static let newBaseShare = 0.2

    private let sizes: LayerSizes
    private var random: SeededGenerator
    private var layerCount = 0

    init(sizes: LayerSizes, seed: UInt64) {
        self.sizes = sizes
        random = SeededGenerator(seed: seed)
    }

    /// One image for each of so many repositories, most popular first.
    ///
    /// The largest come first: what one huge layer upsets, those that follow put right, so that as much is shared as should be however the
    /// sizes fall.
    ///
    /// - Parameter sharing: bytes of all images by bytes of all layers. Bases can bring no more than about 2.
    mutating func first(_ count: Int, sharing: Double) -> [RegistryWorkload.Image] {
        let tops = (0..<count).map { _ in layers(Self.ownLayers) }.sorted { Self.bytes($0) > Self.bytes($1) }
        var bases: [[RegistryWorkload.Layer]] = []
        var (named, kept) = (0.0, 0.0)
        for top in tops {
            named += Self.bytes(top)
            kept += Self.bytes(top)
            let isNew = bases.isEmpty || Double.random(in: 0..<1, using: &random) < Self.newBaseShare
            let base = isNew ? layers(Self.baseLayers) : commonBase(of: bases, near: sharing * kept - named)
            bases.append(base)
            named += Self.bytes(base)
            if isNew { kept += Self.bytes(base) }
        }
        // The largest are not to be the most popular.
        let stacks = zip(bases, tops).map { $0 + $1 }.shuffled(using: &random)
        return stacks.enumerated().map { .init(repository: $0, pushed: .zero, layers: $1) }
    }

    /// Of the bases of a few images at random, the one whose size is nearest to what is to be shared. That they are of images, not of
    /// bases, makes some bases far more common than others, as they are.
    private mutating func commonBase(of images: [[RegistryWorkload.Layer]], near bytes: Double) -> [RegistryWorkload.Layer] {
        let few = (0..<8).compactMap { _ in images.randomElement(using: &random) }
        return few.min { abs(Self.bytes($0) - bytes) < abs(Self.bytes($1) - bytes) } ?? []
    }

    private static func bytes(_ layers: [RegistryWorkload.Layer]) -> Double { layers.reduce(0) { $0 + Double($1.bytes) } }

    /// The next version of what the repository has: up to half of its layers, those on top, are others of nearly the same size.
    mutating func successor(
        of repository: Int, in images: [RegistryWorkload.Image], at time: Duration
    ) -> RegistryWorkload.Image {
        let old = images.last { $0.repository == repository }?.layers ?? layers(Self.ownLayers)
        let changed = Int.random(in: 1...max(1, old.count / 2), using: &random)
        let top = old.suffix(changed).map { layer in
            next(UInt64((Double(layer.bytes) * .random(in: 0.9..<1.1, using: &random)).rounded()))
        }
        return .init(repository: repository, pushed: time, layers: old.dropLast(changed) + top)
    }

    private mutating func layers(_ counts: ClosedRange<Int>) -> [RegistryWorkload.Layer] {
        (0..<Int.random(in: counts, using: &random)).map { _ in next(sizes.draw(&random)) }
    }

    private mutating func next(_ bytes: UInt64) -> RegistryWorkload.Layer {
        layerCount += 1
        return .init(id: layerCount - 1, bytes: max(1, bytes))
    }
}

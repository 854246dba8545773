/// How unequally images are pulled.
extension RegistryDay {
    /// Weights of Zipf's law, as running sums that end in 1.
    static func popularity(_ count: Int, exponent: Double) -> [Double] {
        let weights = (1...count).map { Powers.power(Double($0), -exponent) }
        let total = weights.reduce(0, +)
        var sum = 0.0
        return weights.map { weight in
            sum += weight
            return sum / total
        }
    }

    /// No image is pulled by far more than all others together, where a day has too few layers to come to `topShare` otherwise.
    private static let exponentLimit = 1.5

    /// The exponent of Zipf's law over images at which 1 % of the layers is expected to take `topShare` of the requests. With shared bases
    /// and versions that replace each other there is no formula for it.
    func exponent(_ versions: Versions, _ images: [RegistryWorkload.Image]) -> Double {
        let shares = versions.ofRepository.map(expectedShares)
        var (low, high) = (0.0, Self.exponentLimit)
        for _ in 0..<20 {
            let middle = (low + high) / 2
            if topShare(expected: middle, shares, images) < topShare { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    /// What part of a repository's pulls is expected to be of each of its versions.
    private func expectedShares(_ versions: [(time: Duration, image: Int)]) -> [(image: Int, share: Double)] {
        let following = versions.count > 1 ? followingShare : 0
        return versions.indices.map { index in
            let end = index + 1 < versions.count ? versions[index + 1].time : duration
            let steady = (end - versions[index].time) / duration * (1 - following)
            return (versions[index].image, steady + (index > 0 ? following / Double(versions.count - 1) : 0))
        }
    }

    private func topShare(expected exponent: Double, _ shares: [[(image: Int, share: Double)]], _ images: [RegistryWorkload.Image])
        -> Double
    {
        var requests = Array(repeating: 0.0, count: (images.flatMap(\.layers).map(\.id).max() ?? 0) + 1)
        let popularity = Self.popularity(shares.count, exponent: exponent)
        for repository in shares.indices {
            let weight = popularity[repository] - (repository > 0 ? popularity[repository - 1] : 0)
            for (image, share) in shares[repository] {
                for layer in images[image].layers { requests[layer.id] += weight * share }
            }
        }
        let top = requests.sorted(by: >).prefix(max(1, requests.count / 100))
        return top.reduce(0, +) / requests.reduce(0, +)
    }
}

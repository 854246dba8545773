import Swarm

/// Who pulls what when.
extension RegistryDay {
    func pulls(of versions: Versions, exponent: Double, _ random: inout SeededGenerator) -> [RegistryWorkload.Pull] {
        let popularity = Self.popularity(versions.ofRepository.count, exponent: exponent)
        var wanted: [(time: Duration, image: Int)] = []
        for _ in 0..<pulls {
            let point = Double.random(in: 0..<1, using: &random)
            let repository = min(popularity.partitioningIndex { $0 > point }, popularity.count - 1)
            let time = pullTime(versions.ofRepository[repository], &random)
            wanted.append((time, versions.newest(repository, at: time)))
        }
        wanted = wanted.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
        var having: [Int: Set<Int>] = [:]
        return wanted.map { time, image in
            let node = puller(having[image] ?? [], &random)
            having[image, default: []].insert(node)
            return .init(time: time, node: node, image: image)
        }
    }

    /// Any time of the day, or soon after a push.
    private func pullTime(_ versions: [(time: Duration, image: Int)], _ random: inout SeededGenerator) -> Duration {
        if let push = versions.dropFirst().randomElement(using: &random), Double.random(in: 0..<1, using: &random) < followingShare {
            let delay = followingDelay * -Powers.ln(1 - .random(in: 0..<1, using: &random))
            // Who would come on the next day comes in what is left of this one.
            return push.time + (push.time + delay < duration ? delay : (duration - push.time) * Double.random(in: 0..<1, using: &random))
        }
        return duration * Double.random(in: 0..<1, using: &random)
    }

    /// A node that has not pulled this image; where all have, any: it has lost it, or only looks whether there is another one.
    private func puller(_ having: Set<Int>, _ random: inout SeededGenerator) -> Int {
        let start = Int.random(in: 0..<nodes, using: &random)
        guard having.count < nodes else { return start }
        // Nodes that have it are spread at random, so the next one that does not is nearly as likely as any.
        return (0..<nodes).lazy.map { (start + $0) % nodes }.first { !having.contains($0) } ?? start
    }
}

extension [Double] {
    /// The first index at which the condition holds, when it holds for all behind it; the count if nowhere.
    fileprivate func partitioningIndex(where holds: (Double) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

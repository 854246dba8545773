import Swarm

/// A graph in which every node has as many neighbours as every other, which ones being random.
enum RandomRegularGraph {
    /// Pairs ends of edges at random, those again that would be double or lead back, and begins anew where that leads nowhere (Steger and
    /// Wormald, "Generating random regular graphs quickly", 1999).
    ///
    /// - Returns: the neighbours of each node.
    static func make(_ count: Int, degree: Int, _ random: inout SeededGenerator) -> [[Int]] {
        precondition(count * degree % 2 == 0 && degree < count, "there is no such graph")
        while true {
            if let graph = attempt(count, degree, &random) { return graph }
        }
    }

    private static func attempt(_ count: Int, _ degree: Int, _ random: inout SeededGenerator) -> [[Int]]? {
        var neighbours = Array(repeating: [Int](), count: count)
        var ends = (0..<count).flatMap { Array(repeating: $0, count: degree) }
        var failures = 0
        while !ends.isEmpty {
            ends.shuffle(using: &random)
            var left: [Int] = []
            for index in stride(from: 0, to: ends.count, by: 2) {
                let (one, other) = (ends[index], ends[index + 1])
                if one == other || neighbours[one].contains(other) {
                    left += [one, other]
                } else {
                    neighbours[one].append(other)
                    neighbours[other].append(one)
                }
            }
            failures = left.count == ends.count ? failures + 1 : 0
            if failures > 100 { return nil }
            ends = left
        }
        return neighbours
    }
}

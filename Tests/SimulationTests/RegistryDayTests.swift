import Swarm
import Testing

@testable import Simulation

@Suite struct RegistryDayTests {
    private static let day = RegistryDay(nodes: 500, images: 1000, pulls: 20_000, seed: 1)
    private static let workload = day.workload()

    /// Requests for each layer by all pulls, most first.
    private func requests(_ workload: RegistryWorkload) -> [Int] {
        var counts: [Int: Int] = [:]
        for pull in workload.pulls { for layer in workload.images[pull.image].layers { counts[layer.id, default: 0] += 1 } }
        return counts.values.sorted(by: >)
    }

    @Test func theSameSeedIsTheSameDay() {
        #expect(
            RegistryDay(nodes: 50, images: 100, pulls: 500, seed: 7).workload()
                == RegistryDay(nodes: 50, images: 100, pulls: 500, seed: 7).workload())
        #expect(
            RegistryDay(nodes: 50, images: 100, pulls: 500, seed: 7).workload()
                != RegistryDay(nodes: 50, images: 100, pulls: 500, seed: 8).workload())
    }

    @Test func morePullsLeaveTheImagesAsTheyWere() {
        let few = RegistryDay(nodes: 50, images: 100, pulls: 10).workload()
        #expect(few.images == RegistryDay(nodes: 80, images: 100, pulls: 500).workload().images)
    }

    @Test(arguments: [(1e6, 0.65), (10e6, 0.8), (63e6, 0.9)]) func sizesAreThoseThatWereMeasured(limit: Double, share: Double) {
        let layers = Self.workload.layers
        let below = Double(layers.count { Double($0.bytes) < limit }) / Double(layers.count)
        #expect(abs(below - share) < 0.02)
    }

    @Test func theTailFallsAsAPower() {
        let sizes = LayerSizes(largest: 1e15, tailExponent: 1.25)
        for share in [0.9, 0.99, 0.999] {
            #expect(abs(Double(sizes.size(at: share)) / (63e6 * Powers.power((1 - share) / 0.1, -0.8)) - 1) < 1e-3)
        }
        #expect(LayerSizes(largest: 10e9, tailExponent: 1.25).size(at: 1 - 1e-12) <= 10_000_000_000)
        #expect(LayerSizes(largest: 5e6, tailExponent: 1.25).size(at: 0.95) == 5_000_000)
    }

    @Test(arguments: [1, 2, 3] as [UInt64], [100, 1000]) func imagesShareAsMuchAsTheyDo(seed: UInt64, images: Int) {
        let first = RegistryDay(nodes: 1, images: images, pulls: 0, pushes: 0, seed: seed).workload()
        let saved = Double(first.images.reduce(0) { $0 + $1.bytes }) / Double(first.layers.reduce(0) { $0 + $1.bytes })
        #expect(abs(saved - 1.48) < 0.02)
        #expect(first.images.count == images)
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64]) func fewLayersTakeMostRequests(seed: UInt64) {
        var day = Self.day
        day.seed = seed
        let workload = day.workload()
        let requests = requests(workload)
        let top = requests.prefix(workload.layers.count / 100).reduce(0, +)
        #expect(abs(Double(top) / Double(requests.reduce(0, +)) - 0.59) < 0.015)
    }

    @Test func anExponentCanBeGiven() {
        var day = RegistryDay(nodes: 10, images: 100, pulls: 20_000, pushes: 0)
        day.popularityExponent = 1
        var counts = Array(repeating: 0, count: 100)
        for pull in day.workload().pulls { counts[pull.image] += 1 }
        // 1 / (1 + 1/2 + ... + 1/100) of them for the first, and half of it for the second.
        #expect(abs(Double(counts[0]) / 20_000 - 0.1928) < 0.01)
        #expect(abs(Double(counts[1]) / 20_000 - 0.0964) < 0.01)
    }

    @Test func pullsFollowPushes() {
        let (day, workload) = (Self.day, Self.workload)
        let pushed = workload.images.dropFirst(day.images)
        #expect(pushed.count == day.pushes)
        let repositories = Set(pushed.map(\.repository))
        let soon = day.followingDelay * 3
        var (of, following) = (0, 0)
        for pull in workload.pulls where repositories.contains(workload.images[pull.image].repository) {
            let image = workload.images[pull.image]
            of += 1
            if image.pushed > .zero, pull.time - image.pushed < soon { following += 1 }
        }
        // Half of them follow, 95 % of these within three times the mean; steady ones fall into those times too.
        #expect(Double(following) / Double(of) > 0.47)
    }

    @Test func nobodyPullsWhatIsNotThereYet() {
        let workload = Self.workload
        for pull in workload.pulls {
            let image = workload.images[pull.image]
            #expect(pull.time >= image.pushed && pull.time <= Self.day.duration)
            #expect((0..<Self.day.nodes).contains(pull.node))
        }
        #expect(zip(workload.pulls, workload.pulls.dropFirst()).allSatisfy { $0.time <= $1.time })
        #expect(workload.pulls.count == Self.day.pulls)
    }

    @Test func aNewVersionKeepsItsBase() {
        let workload = Self.workload
        for (index, image) in workload.images.enumerated().dropFirst(Self.day.images) {
            let before = workload.images[..<index].last { $0.repository == image.repository }
            let kept = zip(before?.layers ?? [], image.layers).prefix { $0.id == $1.id }.count
            #expect(kept < image.layers.count && 2 * kept >= image.layers.count)
            #expect(before?.layers.count == image.layers.count)
        }
    }

    @Test func nodesThatHaveAnImageDoNotPullItAgain() {
        let workload = RegistryDay(nodes: 50, images: 5, pulls: 60, pushes: 0).workload()
        var seen: [Int: [Int]] = [:]
        for pull in workload.pulls { seen[pull.image, default: []].append(pull.node) }
        for nodes in seen.values { #expect(Set(nodes).count == min(nodes.count, 50)) }
    }

    @Test func logarithmsAreRight() {
        #expect(abs(Powers.ln(10) - 2.302_585_092_994_046) < 1e-14)
        #expect(abs(Powers.ln(1e-300) + 690.775_527_898_213_7) < 1e-11)
        #expect(abs(Powers.exp(1) - 2.718_281_828_459_045) < 1e-14)
        #expect(abs(Powers.power(2, 0.5) - 2.0.squareRoot()) < 1e-14)
        var random = SeededGenerator(seed: 1)
        for _ in 0..<1000 {
            let x = Double.random(in: 1e-9..<1e9, using: &random)
            #expect(abs(Powers.exp(Powers.ln(x)) / x - 1) < 1e-13)
        }
    }
}

import Swarm
import Testing

@testable import Simulation

@Suite struct WorldTests {
    private static let rate = 12.5e6

    private func crowd(_ count: Int, _ image: [UInt64] = [12_000_000, 6_000_000, 2_000_000, 4000]) -> Scenario {
        Scenario.crowd(count, image: image)
    }

    @Test func aCrowdGetsTheImageAndTheOriginSendsItOnce() {
        let outcome = World.run(crowd(12))
        #expect(outcome.failures.isEmpty)
        #expect(outcome.seconds.count == 12)
        #expect(outcome.originCopies == 1)
        #expect(outcome.rejectedBytes == 0)
    }

    /// No schedule beats the bound, whatever the network model makes of it.
    @Test(arguments: [1, 2, 5, 24], 1...3 as ClosedRange<UInt64>) func nobodyBeatsTheBound(count: Int, seed: UInt64) throws {
        var scenario = crowd(count)
        scenario.seed = seed
        let outcome = World.run(scenario)
        let fluid = Double(scenario.bytes(of: scenario.layers.indices)) / Self.rate
        #expect(try #require(outcome.seconds.last) >= fluid)
        #expect(try #require(outcome.boundSeconds) >= fluid)
        #expect(try #require(outcome.seconds.last) >= outcome.boundSeconds ?? 0)
    }

    @Test func theSameSeedGivesTheSameRun() {
        let outcomes = [1, 1, 2].map { (seed: UInt64) in
            var scenario = crowd(8)
            scenario.seed = seed
            return World.run(scenario)
        }
        #expect(outcomes[0].eventLog == outcomes[1].eventLog)
        #expect(outcomes[0].seconds == outcomes[1].seconds)
        #expect(outcomes[0].eventLog != outcomes[2].eventLog)
    }

    @Test func aSlowOriginIsAskedOverSeveralStreams() throws {
        var scenario = crowd(1, [40_000_000])
        scenario.origin.streamRate = Self.rate / 4
        let outcome = World.run(scenario)
        #expect(try #require(outcome.seconds.first) < 2 * 40_000_000 / Self.rate)
    }

    @Test func anOriginThatRefusesManyRequestsIsGotAlongWith() {
        var scenario = crowd(6)
        scenario.origin.streamRate = Self.rate / 4
        scenario.origin.streamLimit = 2
        let outcome = World.run(scenario)
        #expect(outcome.failures.isEmpty)
        #expect(outcome.originRefusals > 0)
    }

    @Test func whatIsNearComesOnce() {
        var scenario = crowd(8)
        scenario.groups[0].zone = "a"
        var far = scenario.groups[0]
        far.zone = "b"
        scenario.groups.append(far)
        scenario.zones["b"] = Scenario.Zone()
        scenario.zones["b"]?.down = Self.rate
        scenario.origin.zone = "a"
        scenario.tracker.settings.originZone = "a"
        let outcome = World.run(scenario)
        #expect(outcome.failures.isEmpty)
        #expect(Double(outcome.crossZoneBytes) < 1.2 * Double(scenario.bytes(of: scenario.layers.indices)))
        scenario.zones["b"]?.down = Self.rate / 4
        #expect(Bounds.seconds(scenario) == 4 * Double(scenario.bytes(of: scenario.layers.indices)) / Self.rate)
    }

    /// The first to ask has a tenth of the others' link, and cannot keep the lease. What it has asked for comes first, and nothing comes
    /// again: its ranges are short enough for that.
    @Test func aLeaseThatMovesCostsNothing() {
        let copies = (1...6 as ClosedRange<UInt64>).map { seed in
            var scenario = crowd(8, [60_000_000])
            scenario.seed = seed
            var slow = scenario.groups[0]
            (slow.count, slow.up, slow.down) = (1, Self.rate / 10, Self.rate / 10)
            scenario.groups[0].pulls = [Scenario.Pull(at: .milliseconds(5))]
            scenario.groups.insert(slow, at: 0)
            let world = World(scenario)
            world.run()
            #expect(world.nodes.sum { $0.bytesFromOrigin > 0 ? 1 : 0 } == 2)
            return world.outcome().originCopies
        }
        #expect(copies.allSatisfy { $0 == 1 }, "\(copies)")
    }

    @Test(arguments: [
        Scenario.Fault.Kind.crash(share: 0.25, backAfter: nil), .crash(share: 0.5, backAfter: .seconds(1)),
        .trackerStops(backAfter: nil), .trackerStops(backAfter: .seconds(1)), .originStops(backAfter: .seconds(2)),
    ])
    func whatGoesWrongIsSurvived(kind: Scenario.Fault.Kind) {
        for seed in 1...3 as ClosedRange<UInt64> {
            var scenario = crowd(12)
            scenario.seed = seed
            scenario.faults = [Scenario.Fault(at: .seconds(0.8), kind: kind)]
            let outcome = World.run(scenario)
            #expect(outcome.failures.isEmpty, "\(outcome.failures)")
            #expect(outcome.seconds.count + outcome.dead == 12)
        }
    }

    @Test(arguments: Scenario.Misdeed.allCases) func hostileNodesAreGotAround(misdeed: Scenario.Misdeed) {
        var scenario = crowd(9)
        var hostile = Scenario.Group(count: 3, up: Self.rate, down: Self.rate)
        hostile.misdeed = misdeed
        scenario.groups.append(hostile)
        let outcome = World.run(scenario)
        #expect(outcome.failures.isEmpty)
        #expect((outcome.rejectedBytes > 0) == (misdeed == .flipsBytes))
    }

    @Test func whoHoldsTheImageServesIt() {
        var scenario = crowd(4)
        var seed = Scenario.Group(count: 1, up: Self.rate, down: Self.rate)
        seed.holds = [0]
        seed.pulls = []
        scenario.groups.append(seed)
        let outcome = World.run(scenario)
        #expect(outcome.bytesFromOrigin == 0)
        #expect(outcome.seconds.count == 4)
    }

    @Test func aRunEndsAtItsTime() {
        var scenario = crowd(3)
        scenario.until = .seconds(0.5)
        let outcome = World.run(scenario)
        #expect(outcome.failures.count == 3)
        #expect(outcome.quantile(0.5) == nil)
        #expect(outcome.virtualSeconds >= 0.5)
    }

    /// What an image shares with the one before it is not fetched again, and comes from those that have it.
    @Test func layersThatImagesShareComeOnce() {
        var scenario = Scenario(
            name: "update", layers: [8_000_000, 2_000_000, 3_000_000],
            images: [Scenario.Image(name: "old", layers: [0, 1]), Scenario.Image(name: "new", layers: [0, 2])],
            groups: [Scenario.Group(count: 6, up: Self.rate, down: Self.rate, pulls: [.init(image: 1, over: .seconds(2))])])
        scenario.groups[0].holds = [0]
        scenario.groups.append(
            Scenario.Group(count: 2, up: Self.rate, down: Self.rate, pulls: [.init(image: 0), .init(image: 1, at: .seconds(5))]))
        scenario.origin.rate = Self.rate
        let outcome = World.run(scenario)
        #expect(outcome.failures.isEmpty)
        #expect(outcome.seconds.count == 6 + 2 + 2)
        #expect(outcome.bytesFromOrigin == 3_000_000)
        #expect(outcome.bytesFromPeers + outcome.bytesFromOrigin == 6 * 3_000_000 + 2 * 13_000_000)
    }

    @Test func pullsOfWhatIsThereTakeNoTime() {
        var scenario = crowd(1)
        scenario.groups[0].pulls = [.init(), .init(at: .seconds(60))]
        let outcome = World.run(scenario)
        #expect(outcome.seconds.count == 2 && outcome.seconds[0] == 0)
    }

    @Test(arguments: [nil, .seconds(3)] as [Duration?]) func aZoneThatIsCutOffGoesOnAfterwards(backAfter: Duration?) {
        var scenario = crowd(6)
        scenario.groups[0].zone = "a"
        scenario.groups.append(scenario.groups[0])
        scenario.groups[1].zone = "b"
        scenario.origin.zone = "a"
        scenario.tracker.zone = "a"
        scenario.until = .seconds(60)
        scenario.faults = [Scenario.Fault(at: .seconds(0.5), kind: .cutsOff(zone: "b", backAfter: backAfter))]
        let outcome = World.run(scenario)
        #expect(outcome.failures.count == (backAfter == nil ? 6 : 0))
        #expect(outcome.seconds.count == (backAfter == nil ? 6 : 12))
    }

    /// All of its nodes ask for help at once when it is back: a few of them get it elsewhere, and the others of these.
    @Test func aZoneThatWasCutOffIsNotFilledByAllOfItsNodes() {
        var scenario = crowd(16, [30_000_000])
        scenario.groups[0].zone = "a"
        scenario.groups.append(scenario.groups[0])
        scenario.groups[1].zone = "b"
        (scenario.origin.zone, scenario.tracker.zone, scenario.tracker.settings.originZone) = ("a", "a", "a")
        scenario.faults = [Scenario.Fault(at: .seconds(0.5), kind: .cutsOff(zone: "b", backAfter: .seconds(10)))]
        let outcome = World.run(scenario)
        #expect(outcome.failures.isEmpty)
        #expect(outcome.crossZoneBytes < 4 * 30_000_000)
    }

    /// Also where ends are shut while others send to them.
    @Test(arguments: [false, true]) func oneProcessorDoesTheSameAsSeveral(hasTroubles: Bool) {
        var scenario = GoldenRun.sharded
        if hasTroubles {
            scenario.groups[0].count = 80
            var hostile = scenario.groups[0]
            (hostile.count, hostile.misdeed) = (16, .flipsBytes)
            scenario.groups.append(hostile)
            scenario.faults = [Scenario.Fault(at: .seconds(0.3), kind: .crash(share: 0.2, backAfter: .seconds(0.5)))]
        }
        let several = World(scenario)
        #expect(several.shards.count == 3)
        several.run()
        #expect(several.outcome().failures.isEmpty)
        let one = World(scenario)
        one.isParallel = false
        one.run()
        #expect(one.outcome().eventLog == several.outcome().eventLog)
    }

    @Test func lossTakesItsShareOfAConnection() throws {
        var scenario = crowd(1, [40_000_000])
        scenario.network.latency = .milliseconds(20)
        scenario.network.jitter = .zero
        scenario.origin.rate = .infinity
        scenario.groups[0].down = .infinity
        scenario.network.loss = 0.01
        let world = World(scenario)
        #expect(abs(world.lossLimit(0, 0) - 1.22 * 1448 / (0.04 * 0.1)) < 1)
        world.run()
        // Several streams at a time, at most eight.
        let seconds = try #require(world.outcome().seconds.first)
        #expect(seconds > 40_000_000 / (8 * world.lossLimit(0, 0)))
    }
}

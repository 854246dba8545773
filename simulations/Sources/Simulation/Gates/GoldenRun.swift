/// A short run, and the hash of all its events. Whoever changes the policy or the simulator changes the hash, and says so by changing it here;
/// whoever does not, on whatever machine, finds the same.
struct GoldenRun: Sendable {
    let name: String
    let scenario: Scenario
    let eventLog: String

    static let all = [
        GoldenRun(name: "a crowd", scenario: crowd, eventLog: "4ed7a57009e436f1"),
        GoldenRun(name: "a crowd with nothing but uplinks in the way", scenario: ideal, eventLog: "fee6f396d6ad44f1"),
        GoldenRun(name: "a crowd in steps", scenario: stepped, eventLog: "87fac659bb8a78cf"),
        GoldenRun(name: "a crowd in three shards", scenario: sharded, eventLog: "20a7fc87c6dfe649"),
        GoldenRun(name: "a crowd in two zones with deaths, a cut and hostile nodes", scenario: trouble, eventLog: "b3749a19b384531d"),
    ]

    private static let image: [UInt64] = [12_000_000, 6_000_000, 2_000_000, 4000]
    private static let crowd = Scenario.crowd(12, image: image)

    /// Much happens at the same time here, but for rounding.
    private static var ideal: Scenario {
        var scenario = Scenario.crowd(16, image: [150_000_000])
        scenario.groups[0].down = .infinity
        (scenario.costs.hashing, scenario.costs.disk) = (.infinity, .infinity)
        return scenario
    }

    private static var stepped: Scenario {
        var scenario = Scenario.crowd(24, image: image)
        scenario.network.step = .milliseconds(1)
        return scenario
    }

    static let sharded = Scenario.crowd(96, image: [6_000_000, 4000])

    private static var trouble: Scenario {
        var scenario = Scenario.crowd(8, image: image)
        scenario.groups[0].zone = "a"
        var far = scenario.groups[0]
        far.zone = "b"
        far.pulls[0].over = .seconds(1)
        var hostile = far
        (hostile.count, hostile.misdeed) = (2, .flipsBytes)
        scenario.groups += [far, hostile]
        scenario.zones["b"] = Scenario.Zone()
        scenario.zones["b"]?.latency = .milliseconds(2)
        scenario.network.loss = 0.0001
        scenario.origin.zone = "a"
        scenario.tracker.zone = "a"
        scenario.faults = [
            Scenario.Fault(at: .seconds(0.5), kind: .crash(share: 0.2, backAfter: .seconds(1))),
            Scenario.Fault(at: .seconds(1), kind: .cutsOff(zone: "b", backAfter: .seconds(2))),
            Scenario.Fault(at: .seconds(3.5), kind: .trackerStops(backAfter: .seconds(1))),
        ]
        return scenario
    }
}

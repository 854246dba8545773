import Swarm

/// The ways between zones: how long they are, what is lost on them, and when they are cut.
extension World {
    static func zones(of scenario: Scenario, _ network: inout FluidNetwork) -> [SimulatedZone] {
        scenario.zoneNames.map { name in
            let zone = scenario.zones[name] ?? Scenario.Zone()
            let rates = rates(of: name, in: scenario)
            return SimulatedZone(
                name: name, up: network.addPort(rates.up), down: network.addPort(rates.down), latency: zone.latency.inNanoseconds,
                loss: zone.loss)
        }
    }

    /// A link that limits nothing is given a rate where it is to be cut, as else nobody would see to it.
    private static func rates(of name: String, in scenario: Scenario) -> (up: Double, down: Double) {
        let zone = scenario.zones[name] ?? Scenario.Zone()
        let isToBeCut = scenario.faults.contains { if case .cutsOff(name, _) = $0.kind { true } else { false } }
        return isToBeCut ? (min(zone.up, 1e12), min(zone.down, 1e12)) : (zone.up, zone.down)
    }

    // MARK: Length

    /// One way between two zones, or within one, nanoseconds.
    ///
    /// - Parameters:
    ///   - to: nil for what is outside all zones.
    ///   - strand: whose chance the jitter is.
    func latency(_ from: Int, _ to: Int?, _ strand: Strand) -> Int64 {
        let random = jitter > 0 ? Int64(strand.random.next() % UInt64(jitter + 1)) : 0
        guard let to, from != to else { return latency + random }
        return latency + zones[from].latency + zones[to].latency + random
    }

    /// Bytes a second of one connection whose packets get lost: C * MSS / (RTT * sqrt(p)) (Mathis, Semke, Mahdavi and Ott, "The macroscopic
    /// behavior of the TCP congestion avoidance algorithm", 1997).
    func lossLimit(_ from: Int, _ to: Int?) -> Double {
        let other = to.flatMap { $0 == from ? nil : $0 }
        let loss = scenario.network.loss + (other.map { zones[from].loss + zones[$0].loss } ?? 0)
        guard loss > 0 else { return .infinity }
        let oneWay = latency + jitter / 2 + (other.map { zones[from].latency + zones[$0].latency } ?? 0)
        return 1.22 * 1448 / (max(1e-5, 2 * Double(oneWay) / 1e9) * loss.squareRoot())
    }

    // MARK: Cuts

    /// How long a machine tries to connect to one that does not answer, nanoseconds.
    static let connectTimeout: Int64 = 5_000_000_000
    /// Far beyond the end of any run, nanoseconds.
    private static let never = Int64.max / 2

    func cutOff(_ name: String, backAfter: Duration?) {
        guard let zone = zones.firstIndex(where: { $0.name == name }) else { return }
        zones[zone].cutUntil = backAfter.map { queue.now + $0.inNanoseconds } ?? Self.never
        setLinks(of: zone, to: (0, 0))
        for run in runs.keys.sorted() where runs[run].map({ isCut(nodes[$0.node].zone, originZone) }) == true {
            failRun(run, .broken("the origin does not answer"))
        }
        if let backAfter { after(backAfter, .zoneReturns(zone)) }
    }

    func zoneReturns(_ zone: Int) {
        // It may have been cut off once more meanwhile, for longer.
        if queue.now >= zones[zone].cutUntil { setLinks(of: zone, to: Self.rates(of: zones[zone].name, in: scenario)) }
    }

    private func setLinks(of zone: Int, to rates: (up: Double, down: Double)) {
        if let up = zones[zone].up { network.setCapacity(up, rates.up) }
        if let down = zones[zone].down { network.setCapacity(down, rates.down) }
    }

    func isCut(_ from: Int, _ to: Int?) -> Bool { throughAt(from, to) > queue.now }

    /// When what is sent now begins to come through, nanoseconds: TCP sends again what did not.
    func throughAt(_ from: Int, _ to: Int?) -> Int64 {
        from == to ? queue.now : max(queue.now, zones[from].cutUntil, to.map { zones[$0].cutUntil } ?? 0)
    }
}

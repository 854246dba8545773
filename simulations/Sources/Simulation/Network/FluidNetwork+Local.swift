/// Settling shares around a change, for networks too large to settle them all over.
///
/// Every step keeps each link within its capacity. A flow that comes takes its fair share from those that have more, and what these give up
/// elsewhere goes to the others there; what a flow leaves goes to those that have least. A change is not followed further: it fades
/// within a link or two, and flows come and go many times a second.
extension FluidNetwork {
    mutating func settle(newcomer id: FlowID, _ now: Int64) {
        let own = flows[Int(id)].ports
        let wanted = own.reduce(flows[Int(id)].limit) { min($0, share(of: id, at: $1)) }
        var poorer: [FlowID] = []
        for port in own {
            let missing = wanted - ports[Int(port)].rest
            if missing > 0 { makeRoom(missing, at: port, above: wanted, &poorer, now) }
        }
        setRate(id, own.reduce(wanted) { min($0, ports[Int($1)].rest) }, now)
        for flow in poorer { for port in flows[Int(flow)].ports where !own.contains(port) { fill(port, now) } }
    }

    /// What the link gives the flow if the others keep what they have, as far as that is no more than the flow gets.
    private func share(of id: FlowID, at port: PortID) -> Double {
        var limits = ports[Int(port)].flows.map { flows[Int($0)].rate }
        if let index = ports[Int(port)].flows.firstIndex(of: id) { limits[index] = .infinity }
        return Self.level(ports[Int(port)].capacity, limits)
    }

    private mutating func makeRoom(_ missing: Double, at port: PortID, above floor: Double, _ poorer: inout [FlowID], _ now: Int64) {
        let rich = ports[Int(port)].flows.filter { flows[Int($0)].rate > floor }
        let total = rich.reduce(0) { $0 + flows[Int($1)].rate }
        let level = max(floor, Self.level(total - missing, rich.map { flows[Int($0)].rate }))
        for other in rich where flows[Int(other)].rate > level {
            setRate(other, level, now)
            poorer.append(other)
        }
    }

    /// Gives what nobody uses of the link to its flows, those that have least first, as far as their other links have room.
    mutating func fill(_ port: PortID, _ now: Int64) {
        guard ports[Int(port)].rest > ports[Int(port)].capacity * 1e-6 else { return }
        let members = ports[Int(port)].flows.sorted { (flows[Int($0)].rate, $0) < (flows[Int($1)].rate, $1) }
        for (index, id) in members.enumerated() {
            let share = ports[Int(port)].rest / Double(members.count - index)
            let room = flows[Int(id)].ports.reduce(min(share, flows[Int(id)].limit - flows[Int(id)].rate)) { min($0, ports[Int($1)].rest) }
            if room > 0 { setRate(id, flows[Int(id)].rate + room, now) }
        }
    }

    /// The link has become narrower: those that have most give up what is too much.
    mutating func cut(_ port: PortID, _ now: Int64) {
        var poorer: [FlowID] = []
        makeRoom(ports[Int(port)].used - ports[Int(port)].capacity, at: port, above: 0, &poorer, now)
        for flow in poorer { for other in flows[Int(flow)].ports where other != port { fill(other, now) } }
    }
}

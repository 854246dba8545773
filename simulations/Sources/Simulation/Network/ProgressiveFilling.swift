/// The max-min fair rates of all flows at once (Bertsekas and Gallager, "Data Networks", 6.5.2): all rates grow together until a link is full;
/// its flows stay as they are, and the others grow on.
struct ProgressiveFilling {
    private(set) var rates: [(FluidNetwork.FlowID, Double)] = []
    private var rest: [Double] = []
    private var counts: [Int] = []
    /// The turn in which each flow was settled last: most flows stand still most of the time, and are not to be looked at.
    private var settledIn: [Int] = []
    private var turn = 0

    /// - Parameter limited: running flows that have a limit of their own.
    mutating func fill(_ ports: [FluidNetwork.Port], _ flows: [FluidNetwork.Flow], limited: [FluidNetwork.FlowID]) {
        turn += 1
        rates.removeAll(keepingCapacity: true)
        rest.removeAll(keepingCapacity: true)
        counts.removeAll(keepingCapacity: true)
        while settledIn.count < flows.count { settledIn.append(0) }
        for port in ports.indices {
            rest.append(ports[port].capacity)
            counts.append(ports[port].flows.count)
        }
        var limited = limited.sorted { (flows[Int($0)].limit, $0) > (flows[Int($1)].limit, $1) }
        while let (port, share) = narrowest() {
            while let last = limited.last, settledIn[Int(last)] == turn { limited.removeLast() }
            if let last = limited.last, flows[Int(last)].limit < share {
                // It has all that it takes before any link is full.
                settle(last, at: flows[Int(last)].limit, flows)
                continue
            }
            for index in ports[port].flows.indices where settledIn[Int(ports[port].flows[index])] != turn {
                settle(ports[port].flows[index], at: share, flows)
            }
        }
    }

    /// The link that is full first, and what each of its flows has by then.
    private func narrowest() -> (port: Int, share: Double)? {
        var best: (port: Int, share: Double)?
        for port in counts.indices where counts[port] > 0 {
            let share = max(0, rest[port]) / Double(counts[port])
            if share < best?.share ?? .infinity { best = (port, share) }
        }
        return best
    }

    private mutating func settle(_ id: FluidNetwork.FlowID, at rate: Double, _ flows: [FluidNetwork.Flow]) {
        settledIn[Int(id)] = turn
        rates.append((id, rate))
        for port in flows[Int(id)].ports {
            rest[Int(port)] -= rate
            counts[Int(port)] -= 1
        }
    }
}

/// The max-min fair rates of all flows at once (Bertsekas and Gallager, "Data Networks", 6.5.2): all rates grow together until a link is full;
/// its flows stay as they are, and the others grow on.
struct ProgressiveFilling {
    private var rest: [Double] = []
    private var counts: [Int] = []
    private var isDone: [Bool] = []

    mutating func rates(_ ports: [FluidNetwork.Port], _ flows: [FluidNetwork.Flow]) -> [(FluidNetwork.FlowID, Double)] {
        rest = ports.map(\.capacity)
        counts = ports.map(\.flows.count)
        isDone = Array(repeating: false, count: flows.count)
        var rates: [(FluidNetwork.FlowID, Double)] = []
        var limited = flows.indices.filter { flows[$0].isRunning && flows[$0].limit < .infinity && !flows[$0].ports.isEmpty }
        limited.sort { (flows[$0].limit, $0) > (flows[$1].limit, $1) }
        while true {
            var narrowest: (port: Int, share: Double)?
            for port in ports.indices where counts[port] > 0 {
                let share = max(0, rest[port]) / Double(counts[port])
                if share < narrowest?.share ?? .infinity { narrowest = (port, share) }
            }
            guard let narrowest else { return rates }
            while let last = limited.last, isDone[last] { limited.removeLast() }
            if let last = limited.last, flows[last].limit < narrowest.share {
                // It has all that it takes before any link is full.
                settle(FluidNetwork.FlowID(last), at: flows[last].limit, flows, &rates)
                continue
            }
            for id in ports[narrowest.port].flows where !isDone[Int(id)] { settle(id, at: narrowest.share, flows, &rates) }
        }
    }

    private mutating func settle(
        _ id: FluidNetwork.FlowID, at rate: Double, _ flows: [FluidNetwork.Flow], _ rates: inout [(FluidNetwork.FlowID, Double)]
    ) {
        isDone[Int(id)] = true
        rates.append((id, rate))
        for port in flows[Int(id)].ports {
            rest[Int(port)] -= rate
            counts[Int(port)] -= 1
        }
    }
}

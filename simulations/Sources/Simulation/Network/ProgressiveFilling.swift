import BasicContainers

/// The max-min fair rates of all flows at once (Bertsekas and Gallager, "Data Networks", 6.5.2): all rates grow together until a link is full;
/// its flows stay as they are, and the others grow on.
struct ProgressiveFilling: ~Copyable {
    /// Flows that get another rate than they have, bytes a second.
    private(set) var rates: [(id: FluidNetwork.FlowID, rate: Double)] = []
    private var links = LeastShares()
    /// The turn in which each flow was settled last: most flows stand still most of the time, and are not to be looked at.
    private var settledIn = UniqueArray<UInt32>()
    private var turn: UInt32 = 0

    /// - Parameter limited: running flows that have a limit of their own.
    mutating func fill(
        _ ports: borrowing UniqueArray<FluidNetwork.Port>, _ list: [FluidNetwork.Flow], limited: [FluidNetwork.FlowID]
    ) {
        let flows = list.span
        turn &+= 1
        rates.removeAll(keepingCapacity: true)
        while settledIn.count < flows.count { settledIn.append(turn &- 1) }
        links.begin(ports)
        var limited = limited.sorted { (flows[Int($0)].limit, $0) > (flows[Int($1)].limit, $1) }
        while let (port, share) = links.least() {
            while let last = limited.last, settledIn[Int(last)] == turn { limited.removeLast() }
            if let last = limited.last, flows[Int(last)].limit < share {
                // It has all that it takes before any link is full.
                settle(last, at: flows[Int(last)].limit, flows)
            } else {
                for index in ports[port].flows.indices { settle(ports[port].flows[index], of: port, at: share, flows) }
                links.finish(port)
            }
        }
    }

    /// Gives a flow its rate.
    private mutating func settle(_ id: FluidNetwork.FlowID, at rate: Double, _ flows: Span<FluidNetwork.Flow>, full: Int? = nil) {
        note(id, rate, flows)
        for hop in 0..<flows[Int(id)].hops {
            let port = Int(flows[Int(id)].port(hop))
            if port != full { links.give(rate, at: port) }
        }
    }

    /// The same, if it still grows, for a flow of a link that is full and is asked for nothing more.
    @inline(__always)
    private mutating func settle(_ passing: FluidNetwork.Passing, of full: Int, at rate: Double, _ flows: Span<FluidNetwork.Flow>) {
        guard settledIn[Int(passing.flow)] != turn else { return }
        guard passing.other >= 0 else { return settle(passing.flow, at: rate, flows, full: full) }
        note(passing.flow, rate, flows)
        links.give(rate, at: Int(passing.other))
    }

    @inline(__always)
    private mutating func note(_ id: FluidNetwork.FlowID, _ rate: Double, _ flows: Span<FluidNetwork.Flow>) {
        settledIn[Int(id)] = turn
        if flows[Int(id)].rate != rate { rates.append((id, rate)) }
    }
}

import BasicContainers

/// The max-min fair rates of all flows at once (Bertsekas and Gallager, "Data Networks", 6.5.2): all rates grow together until a link is full;
/// its flows stay as they are, and the others grow on.
///
/// One link after the other is full, and until the first that is another than the last time all is as it was: so what was given is taken back to
/// there, and not to the beginning.
struct ProgressiveFilling: ~Copyable {
    /// The first `rateCount` of these are flows that get another rate than they have; there is room for all.
    private(set) var rates = UniqueArray<Rate>()
    private(set) var rateCount = 0
    /// Of all flows.
    private var states = UniqueArray<FlowState>()
    private var links = LeastShares()
    private var levels = UniqueArray<Level>()
    private var gifts = UniqueArray<Gift>()
    /// Nothing but these links kept flows from growing.
    private var areLevelsAll = false
    /// Memory of `settleAll`, with room for all flows.
    private var growing = UniqueArray<FluidNetwork.Passing>()
    /// Memory of `firstChange`.
    private var turns: [Int32] = []

    // Not private, as other modules could not destroy them then (Swift 6.3).

    struct Rate {
        let id: FluidNetwork.FlowID
        /// Bytes a second.
        let rate: Double
    }

    /// What a flow got last. These lie closer together than flows, and are looked at more often.
    struct FlowState {
        /// Bytes a second.
        var rate = 0.0
        /// How many links were full when it grew no more; -1 while it grows.
        var level: Int32 = -1

        var isGrowing: Bool { level < 0 }
    }

    /// A link that was full.
    struct Level {
        let link: Int
        /// What each of its flows got that still grew, bytes a second.
        let share: Double
        /// How many those are.
        let growing: Int
        /// The first of what other links gave to these.
        let gift: Int
    }

    /// What a link has given to a flow that another one keeps from growing.
    struct Gift {
        let flow: FluidNetwork.FlowID
        /// -1 where there is none.
        let link: FluidNetwork.PortID
        /// What it had left before.
        let rest: Double
    }

    /// - Parameters:
    ///   - limited: running flows that have a limit of their own.
    ///   - changed: links of flows that have come or gone since the last time; nil if more has changed.
    mutating func fill(
        _ ports: borrowing UniqueArray<FluidNetwork.Port>, _ list: [FluidNetwork.Flow], limited: [FluidNetwork.FlowID],
        changed: [FluidNetwork.PortID]?
    ) {
        let flows = list.span
        rateCount = 0
        while states.count < flows.count { addFlow() }
        if let changed, areLevelsAll, limited.isEmpty { goBack(ports, changed) } else { begin(ports) }
        areLevelsAll = limited.isEmpty
        var limited = limited.sorted { (flows[Int($0)].limit, $0) > (flows[Int($1)].limit, $1) }
        while let (port, share) = links.least() {
            while let last = limited.last, !states[Int(last)].isGrowing { limited.removeLast() }
            if let last = limited.last, flows[Int(last)].limit < share {
                // It has all that it takes before any link is full.
                settle(last, at: flows[Int(last)].limit, flows)
            } else {
                levels.append(Level(link: port, share: share, growing: links.growing(at: port), gift: gifts.count))
                settleAll(ports[port].flows.span, of: port, at: share, flows)
                links.finish(port)
            }
        }
    }

    private mutating func begin(_ ports: borrowing UniqueArray<FluidNetwork.Port>) {
        levels.removeAll(keepingCapacity: true)
        gifts.removeAll(keepingCapacity: true)
        for flow in states.indices { states[flow].level = -1 }
        links.begin(ports)
    }

    private mutating func addFlow() {
        states.append(FlowState())
        // One more than there are: what is written last often does not count.
        while rates.count <= states.count { rates.append(Rate(id: 0, rate: 0)) }
        while growing.count <= states.count { growing.append(FluidNetwork.Passing(flow: 0, other: -1)) }
    }

    /// A flow has nothing to send any more.
    mutating func stop(_ id: FluidNetwork.FlowID) {
        if Int(id) < states.count { states[Int(id)].rate = 0 }
    }

    // MARK: Giving

    /// Gives a flow its rate.
    ///
    /// - Parameter full: a link that is asked for nothing more.
    private mutating func settle(_ id: FluidNetwork.FlowID, at rate: Double, _ flows: Span<FluidNetwork.Flow>, full: Int? = nil) {
        note(id, rate)
        gifts.append(Gift(flow: id, link: -1, rest: 0))
        for hop in 0..<flows[Int(id)].hops {
            let port = flows[Int(id)].port(hop)
            if Int(port) != full { gifts.append(Gift(flow: id, link: port, rest: links.give(rate, at: Int(port)))) }
        }
    }

    // Which flows grow, and whose rate is another one, no processor can foresee: so neither is a branch.

    /// Gives the flows of a link that is full theirs, if they still grow.
    private mutating func settleAll(
        _ passing: Span<FluidNetwork.Passing>, of full: Int, at rate: Double, _ flows: Span<FluidNetwork.Flow>
    ) {
        var count = 0
        for index in passing.indices {
            growing[count] = passing[index]
            count += states[Int(passing[index].flow)].isGrowing ? 1 : 0
        }
        for index in 0..<count {
            let (flow, other) = (growing[index].flow, growing[index].other)
            guard other >= 0 else {
                settle(flow, at: rate, flows, full: full)
                continue
            }
            note(flow, rate)
            gifts.append(Gift(flow: flow, link: other, rest: links.give(rate, at: Int(other))))
        }
    }

    @inline(__always)
    private mutating func note(_ id: FluidNetwork.FlowID, _ rate: Double) {
        rates[rateCount] = Rate(id: id, rate: rate)
        rateCount += states[Int(id)].rate == rate ? 0 : 1
        states[Int(id)] = FlowState(rate: rate, level: Int32(truncatingIfNeeded: levels.count))
    }

    // MARK: The last time

    /// Takes back what was given from the first level on that is another one now.
    private mutating func goBack(_ ports: borrowing UniqueArray<FluidNetwork.Port>, _ changed: [FluidNetwork.PortID]) {
        var end = levels.count
        for port in changed { end = firstChange(by: Int(port), ports, before: end) }
        while levels.count > end {
            let level = levels.removeLast()
            while gifts.count > level.gift {
                let gift = gifts.removeLast()
                states[Int(gift.flow)].level = -1
                if gift.link >= 0 { links.takeBack(to: gift.rest, at: Int(gift.link)) }
            }
            links.setGrowing(level.growing, at: level.link)
        }
        for port in changed.map({ Int($0) }) {
            var growing = 0
            for index in ports[port].flows.indices where states[Int(ports[port].flows[index].flow)].isGrowing { growing += 1 }
            links.setGrowing(growing, at: port)
        }
        links.divide()
    }

    /// The first level, of those before `end`, that is another one because flows of a link have come or gone: because the link was full then, or is now.
    private mutating func firstChange(by link: Int, _ ports: borrowing UniqueArray<FluidNetwork.Port>, before end: Int) -> Int {
        turns.removeAll(keepingCapacity: true)
        for index in ports[link].flows.indices {
            let level = states[Int(ports[link].flows[index].flow)].level
            if level >= 0 { turns.append(level) }
        }
        turns.sort()
        var its = LeastShares.Link(rest: ports[link].capacity, growing: ports[link].flows.count)
        var (share, next) = (its.share, 0)
        for level in 0..<end {
            let full = levels[level].link
            if full == link || share < levels[level].share || share == levels[level].share && link < full { return level }
            guard next < turns.count, turns[next] == level + 1 else { continue }
            while next < turns.count, turns[next] == level + 1 {
                its.rest -= levels[level].share
                its.growing -= 1
                next += 1
            }
            share = its.share
        }
        return end
    }
}

import BasicContainers

/// The max-min fair rates of all flows at once (Bertsekas and Gallager, "Data Networks", 6.5.2): all rates grow together until a link is full;
/// its flows stay as they are, and the others grow on.
///
/// One link after the other is full, and until the first that is another than the last time all is as it was: so what was given is taken back to
/// there, and not to the beginning.
struct ProgressiveFilling: ~Copyable {
    /// Flows that get another rate than they have, bytes a second.
    private(set) var rates: [(id: FluidNetwork.FlowID, rate: Double)] = []
    private var links = LeastShares()
    private var levels = UniqueArray<Level>()
    private var gifts = UniqueArray<Gift>()
    /// By flow, how many links were full when it grew no more; -1 while it grows.
    private var levelOf = UniqueArray<Int32>()
    /// Nothing but these links kept flows from growing.
    private var areLevelsAll = false
    /// Memory of `firstChange`.
    private var turns: [Int32] = []

    // Not private, as other modules could not destroy them then (Swift 6.3).

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
        rates.removeAll(keepingCapacity: true)
        while levelOf.count < flows.count { levelOf.append(-1) }
        if let changed, areLevelsAll, limited.isEmpty { goBack(ports, changed) } else { begin(ports) }
        areLevelsAll = limited.isEmpty
        var limited = limited.sorted { (flows[Int($0)].limit, $0) > (flows[Int($1)].limit, $1) }
        while let (port, share) = links.least() {
            while let last = limited.last, levelOf[Int(last)] >= 0 { limited.removeLast() }
            if let last = limited.last, flows[Int(last)].limit < share {
                // It has all that it takes before any link is full.
                settle(last, at: flows[Int(last)].limit, flows)
            } else {
                levels.append(Level(link: port, share: share, growing: links.growing(at: port), gift: gifts.count))
                for index in ports[port].flows.indices { settle(ports[port].flows[index], of: port, at: share, flows) }
                links.finish(port)
            }
        }
    }

    private mutating func begin(_ ports: borrowing UniqueArray<FluidNetwork.Port>) {
        levels.removeAll(keepingCapacity: true)
        gifts.removeAll(keepingCapacity: true)
        for flow in levelOf.indices { levelOf[flow] = -1 }
        links.begin(ports)
    }

    // MARK: One flow

    /// Gives a flow its rate.
    private mutating func settle(_ id: FluidNetwork.FlowID, at rate: Double, _ flows: Span<FluidNetwork.Flow>, full: Int? = nil) {
        note(id, rate, flows)
        gifts.append(Gift(flow: id, link: -1, rest: 0))
        for hop in 0..<flows[Int(id)].hops {
            let port = flows[Int(id)].port(hop)
            if Int(port) != full { gifts.append(Gift(flow: id, link: port, rest: links.give(rate, at: Int(port)))) }
        }
    }

    /// The same, if it still grows, for a flow of a link that is full and is asked for nothing more.
    @inline(__always)
    private mutating func settle(_ passing: FluidNetwork.Passing, of full: Int, at rate: Double, _ flows: Span<FluidNetwork.Flow>) {
        guard levelOf[Int(passing.flow)] < 0 else { return }
        guard passing.other >= 0 else { return settle(passing.flow, at: rate, flows, full: full) }
        note(passing.flow, rate, flows)
        gifts.append(Gift(flow: passing.flow, link: passing.other, rest: links.give(rate, at: Int(passing.other))))
    }

    @inline(__always)
    private mutating func note(_ id: FluidNetwork.FlowID, _ rate: Double, _ flows: Span<FluidNetwork.Flow>) {
        levelOf[Int(id)] = Int32(truncatingIfNeeded: levels.count)
        if flows[Int(id)].rate != rate { rates.append((id, rate)) }
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
                levelOf[Int(gift.flow)] = -1
                if gift.link >= 0 { links.takeBack(to: gift.rest, at: Int(gift.link)) }
            }
            links.setGrowing(level.growing, at: level.link)
        }
        for port in changed.map({ Int($0) }) {
            var growing = 0
            for index in ports[port].flows.indices where levelOf[Int(ports[port].flows[index].flow)] < 0 { growing += 1 }
            links.setGrowing(growing, at: port)
        }
        links.divide()
    }

    /// The first level, of those before `end`, that is another one because flows of a link have come or gone: because the link was full then, or is now.
    private mutating func firstChange(by link: Int, _ ports: borrowing UniqueArray<FluidNetwork.Port>, before end: Int) -> Int {
        turns.removeAll(keepingCapacity: true)
        for index in ports[link].flows.indices {
            let level = levelOf[Int(ports[link].flows[index].flow)]
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

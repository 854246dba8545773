import BasicContainers

/// Links and flows in steps of time: for networks too large to settle all shares at every change.
///
/// Once a step, all flows move on by what their rates are, and all rates are given out anew. Rates are filled in a few rounds, in each of which
/// every link gives its flows equal parts of what it has left: what that leaves of a link, and what flows leave that end within a step,
/// is the link's in the next one. So no link carries more than it can over any time, and hardly less.
extension FluidNetwork {
    /// Where the flow's caller wants to hear of it, and where it ends for now: bytes since it was opened.
    mutating func setGoal(_ id: FlowID, milestone: Double, end: Double) {
        guard flows[Int(id)].isRunning else { return }
        let place = flows[Int(id)].place
        (moving[place].milestone, moving[place].end) = (milestone, end)
    }

    var isAnyRunning: Bool { !moving.isEmpty }

    /// Moves all flows on to the time. Those that have reached their milestones, within a byte, are `reached` then.
    mutating func advance(to now: Int64) {
        Self.advance(&moving, &spent, &reached, nanoseconds: Double(now - movedAt))
        movedAt = now
    }

    /// Gives out what links carry in the next step, of so many seconds.
    mutating func settle(step seconds: Double) {
        for port in ports.indices {
            let whole = ports[port].capacity * seconds
            let unused = steps[port].wasWanted ? min(whole, steps[port].allowed - spent[port]) : 0
            steps[port] = StepPort(allowed: whole + max(0, unused))
            spent[port] = 0
        }
        growing.removeAll(keepingCapacity: true)
        for index in moving.indices {
            growing.append(Int32(index))
            moving[index].rate = 0
            for port in moving[index].ports { steps[Int(port)].flows += 1 }
        }
        for port in steps.indices { steps[port].wasWanted = steps[port].flows > 0 }
        for _ in 0..<Self.rounds where !growing.isEmpty { growing.removeLast(Self.fill(&moving, &steps, &growing, seconds)) }
    }

    private static let rounds = 4

    // Of lists, not of a network, so that each is asked for its memory once and not at every flow.

    private static func advance(
        _ moving: inout [MovingFlow], _ spent: inout [Double], _ reached: inout [(flow: FlowID, sent: Double)], nanoseconds: Double
    ) {
        reached.removeAll(keepingCapacity: true)
        var flows = moving.mutableSpan
        var spent = spent.mutableSpan
        for index in flows.indices {
            let bytes = min(flows[index].rate * nanoseconds / 1e9, flows[index].end - flows[index].sent)
            flows[index].sent += bytes
            for hop in flows[index].ports.indices { spent[flows[index].port(hop)] += bytes }
            if flows[index].sent + 1 >= flows[index].milestone { reached.append((flows[index].id, flows[index].sent)) }
        }
    }

    /// Every link gives equal parts of its rest to the flows that still grow; those through a link that is full then grow no more.
    ///
    /// - Returns: how many do not; those that do come first.
    private static func fill(
        _ moving: inout [MovingFlow], _ steps: inout [StepPort], _ growing: inout [Int32], _ seconds: Double
    ) -> Int {
        var flows = moving.mutableSpan
        var ports = steps.mutableSpan
        var growing = growing.mutableSpan
        for port in ports.indices where ports[port].flows > 0 { ports[port].share = ports[port].rest / Double(ports[port].flows) }
        for next in growing.indices {
            let index = Int(growing[next])
            var share = flows[index].limit * seconds - flows[index].rate * seconds
            for hop in flows[index].ports.indices { share = min(share, ports[flows[index].port(hop)].share) }
            flows[index].rate += share / seconds
            for hop in flows[index].ports.indices { ports[flows[index].port(hop)].rest -= share }
        }
        var count = 0
        for next in growing.indices {
            let index = Int(growing[next])
            var mayGrow = flows[index].rate < flows[index].limit
            for hop in flows[index].ports.indices {
                let port = flows[index].port(hop)
                if ports[port].rest < ports[port].allowed * 1e-3 { mayGrow = false }
            }
            if mayGrow {
                growing[count] = growing[next]
                count += 1
            } else {
                for hop in flows[index].ports.indices { ports[flows[index].port(hop)].flows -= 1 }
            }
        }
        return growing.count - count
    }

    /// A flow that has bytes to send. They lie together: at each step all are gone through many times, and of all flows they are few.
    struct MovingFlow {
        let id: FlowID
        let ports: FlowPath
        /// Bytes a second.
        let limit: Double
        var rate = 0.0
        /// Bytes so far.
        var sent: Double
        /// `setGoal`.
        var milestone = Double.infinity
        var end = Double.infinity

        init(id: FlowID, _ flow: Flow) {
            self.id = id
            ports = flow.ports
            limit = min(flow.limit, FluidNetwork.unlimited)
            sent = flow.sent
        }

        /// Asked one by one, as the whole path would else be copied for each round.
        func port(_ hop: Int) -> Int { Int(ports[hop]) }
    }

    /// A link's share in the step. Two of them lie in a line of a processor's cache.
    struct StepPort {
        /// Bytes.
        var allowed = 0.0
        var rest = 0.0
        /// What each of its flows gets in this round.
        var share = 0.0
        /// That still grow.
        var flows: Int32 = 0
        var wasWanted = false

        init(allowed: Double = 0) { (self.allowed, rest) = (allowed, allowed) }
    }
}

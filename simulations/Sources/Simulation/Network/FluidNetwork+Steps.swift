/// Links and flows in steps of time: for networks too large to settle all shares at every change.
///
/// Once a step, all flows move on by what their rates are, and all rates are given out anew. Rates are filled in a few rounds, in each of which
/// every link gives its flows equal parts of what it has left: what that leaves of a link, and what flows leave that end within a step,
/// is the link's in the next one. So no link carries more than it can over any time, and hardly less.
extension FluidNetwork {
    /// Where the flow's caller wants to hear of it, and where it ends for now: bytes since it was opened.
    mutating func setGoal(_ id: FlowID, milestone: Double, end: Double) {
        flows[Int(id)].milestone = milestone
        flows[Int(id)].end = end
    }

    var isAnyRunning: Bool { !running.isEmpty }

    /// Moves all flows on to the time.
    ///
    /// - Returns: those that have reached their milestones, within a byte.
    mutating func advance(to now: Int64) -> [FlowID] {
        var reached: [FlowID] = []
        for id in running {
            let index = Int(id)
            let bytes = min(flows[index].rate * Double(now - flows[index].since) / 1e9, flows[index].end - flows[index].sent)
            flows[index].sent += bytes
            flows[index].since = now
            for port in flows[index].ports { steps[Int(port)].spent += bytes }
            if flows[index].sent + 1 >= flows[index].milestone { reached.append(id) }
        }
        return reached
    }

    /// Gives out what links carry in the next step, of so many seconds.
    mutating func settle(step seconds: Double) {
        for port in ports.indices {
            let whole = ports[port].capacity * seconds
            let unused = steps[port].wasWanted ? min(whole, steps[port].allowed - steps[port].spent) : 0
            steps[port] = StepPort(allowed: whole + max(0, unused))
            steps[port].rest = steps[port].allowed
        }
        growing.removeAll(keepingCapacity: true)
        for id in running {
            let flow = flows[Int(id)]
            growing.append(GrowingFlow(id: id, ports: flow.ports, limit: min(flow.limit, Self.unlimited)))
            for port in flow.ports { steps[Int(port)].flows += 1 }
        }
        for port in steps.indices { steps[port].wasWanted = steps[port].flows > 0 }
        for _ in 0..<Self.rounds where !growing.isEmpty { fill(seconds) }
        for flow in growing { flows[Int(flow.id)].rate = flow.rate }
    }

    private static let rounds = 4

    /// Every link gives equal parts of its rest to the flows that still grow; those through a link that is full then grow no more.
    private mutating func fill(_ seconds: Double) {
        for port in steps.indices where steps[port].flows > 0 { steps[port].share = steps[port].rest / Double(steps[port].flows) }
        for index in growing.indices {
            var share = growing[index].limit * seconds - growing[index].rate * seconds
            for port in growing[index].ports { share = min(share, steps[Int(port)].share) }
            growing[index].rate += share / seconds
            for port in growing[index].ports { steps[Int(port)].rest -= share }
        }
        var count = 0
        for index in growing.indices {
            let flow = growing[index]
            var mayGrow = flow.rate < flow.limit
            for port in flow.ports where steps[Int(port)].rest < steps[Int(port)].allowed * 1e-3 { mayGrow = false }
            if mayGrow {
                growing[count] = flow
                count += 1
            } else {
                flows[Int(flow.id)].rate = flow.rate
                for port in flow.ports { steps[Int(port)].flows -= 1 }
            }
        }
        growing.removeLast(growing.count - count)
    }

    /// A flow whose rate is being found. Apart from all flows, of which there are too many to look through them eight times.
    struct GrowingFlow {
        let id: FlowID
        let ports: FlowPath
        /// Bytes a second.
        let limit: Double
        var rate = 0.0
    }

    /// A link's share in the step.
    struct StepPort {
        /// Bytes.
        var allowed = 0.0
        var spent = 0.0
        var rest = 0.0
        /// What each of its flows gets in this round.
        var share = 0.0
        /// That still grow.
        var flows: Int32 = 0
        var wasWanted = false

        init(allowed: Double = 0) { self.allowed = allowed }
    }
}

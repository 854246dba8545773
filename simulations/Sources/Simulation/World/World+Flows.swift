import Swarm

/// Whose bytes a flow carries, and the event that is scheduled for it.
struct FlowOwner {
    enum Owner {
        /// An end, and whose it is.
        case link(LinkEnd.ID, node: Int)
        case stream(run: Int, ask: Int)
    }

    var owner: Owner
    /// Of the event that counts; those before it do not.
    var version = 0
    var scheduledAt = Int64.max
    /// With which that was found to be early enough, bytes a second.
    var rate = 0.0
}

/// Turning flows into events: something happens when so many of a flow's bytes are through, at a time that changes with its rate.
extension World {
    func open(_ owner: FlowOwner.Owner, through ports: [FluidNetwork.PortID]) -> FluidNetwork.FlowID {
        let flow = network.open(through: ports)
        if Int(flow) < owners.count {
            let version = owners[Int(flow)].version + 1
            owners[Int(flow)] = FlowOwner(owner: owner, version: version)
        } else {
            owners.append(FlowOwner(owner: owner))
        }
        return flow
    }

    func close(_ flow: FluidNetwork.FlowID) {
        network.close(flow, now: queue.now)
        owners[Int(flow)].version += 1
        owners[Int(flow)].scheduledAt = .max
    }

    /// Looks at all flows whose rate has changed.
    func drainFlows() {
        guard network.isAnyChanged else { return }
        for flow in network.takeChanged(now: queue.now) where network.flows[Int(flow)].isRunning && !isSlower(flow) { reschedule(flow) }
    }

    /// Whether a connection's flow is slower than when its event was found to be early enough. Not just before it, nor by less than a thousandth: of
    /// times that are alike but for rounding, either may be the sooner.
    private func isSlower(_ flow: FluidNetwork.FlowID) -> Bool {
        guard case .link = owners[Int(flow)].owner else { return false }
        let time = owners[Int(flow)].scheduledAt
        return time < .max && time - queue.now > 10_000 && network.rate(of: flow) < owners[Int(flow)].rate * 0.999
    }

    /// Looks at what a registry's answer brings next.
    func reschedule(run: Int, ask: Int) {
        guard let stream = runs[run]?.streams[ask], let flow = stream.flow else { return }
        guard isStepped else { return reschedule(flow) }
        network.setGoal(flow, milestone: stream.milestone(rate: network.rate(of: flow)), end: Double(stream.bytes))
    }

    /// An event that is too early is looked at again then; one that is too late is replaced.
    func reschedule(_ flow: FluidNetwork.FlowID) {
        owners[Int(flow)].rate = network.rate(of: flow)
        guard let milestone = milestone(of: flow), let time = network.time(of: milestone, flow) else { return }
        guard time < owners[Int(flow)].scheduledAt else { return }
        owners[Int(flow)].version += 1
        owners[Int(flow)].scheduledAt = time
        schedule(at: time, .flowed(flow, version: owners[Int(flow)].version))
    }

    private func milestone(of flow: FluidNetwork.FlowID) -> Double? {
        switch owners[Int(flow)].owner {
        case .link(let end, _): ends[end].milestone < .infinity ? ends[end].milestone : nil
        case .stream(let run, let ask): runs[run]?.streams[ask]?.milestone(rate: network.rate(of: flow))
        }
    }

    func flowed(_ flow: FluidNetwork.FlowID, _ version: Int) {
        guard owners[Int(flow)].version == version else { return }
        owners[Int(flow)].scheduledAt = .max
        goalReached(flow, sent: network.sent(flow, now: queue.now))
    }

    /// So many of the flow's bytes are through that something follows. In steps, an end's shard sees to that.
    ///
    /// - Parameter sent: bytes so far, if the flow is an end's.
    func goalReached(_ flow: FluidNetwork.FlowID, sent: Double) {
        // Times are rounded up to nanoseconds, and sums of fractions are not exact.
        let rounding = 1.0
        switch owners[Int(flow)].owner {
        case .link(let end, let node):
            let shard = shard(of: node)
            if isStepped { shard.reached.append((end, sent + rounding)) } else { shard.advance(end, sent: sent + rounding) }
        case .stream(let run, let ask):
            let version = owners[Int(flow)].version
            // Another stream that ended in this step may have left its flow to this one.
            advance(run, ask, sent: network.sent(flow, now: queue.now) + rounding)
            if owners[Int(flow)].version == version, network.flows[Int(flow)].isRunning { reschedule(run: run, ask: ask) }
        }
    }
}

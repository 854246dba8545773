import BasicContainers
internal import Dispatch

/// How time goes on.
extension World {
    /// Runs through so many events, or to the end.
    public func run(events limit: Int = .max) {
        let last = limit == .max ? .max : eventCount + limit
        guard isStepped else { return runSingly(to: last) }
        while eventCount < last, !isOver { runStep() }
    }

    private func runSingly(to last: Int) {
        let shard = shards[0]
        while strand.eventCount < last, !isDone, let event = queue.pop() {
            if queue.now >= sampler.nextAt { look() }
            if place(of: event) != nil { shard.happens(event) } else { happens(event) }
            drainFlows()
        }
    }

    /// All that happens until the end of the step: bytes flow, then nodes hear of it, several shards of them at a time.
    private func runStep() {
        if !queue.isAnyLeft { queue.advance(byOne: network.isAnyRunning) }
        if queue.now >= sampler.nextAt { look() }
        network.advance(to: queue.now)
        for (flow, sent) in network.reached { goalReached(flow, sent: sent) }
        repeat { runRound() } while queue.isAnyLeft
        network.settle(step: Double(queue.step) / 1e9)
    }

    private func runRound() {
        queue.take(area: shards.count, into: &batch)
        batch.arrange(places: 1)
        for index in batch.ordered.indices { happens(batch.ordered[index]) }
        for (number, shard) in shards.enumerated() { queue.take(area: number, into: &shard.batch) }
        if isParallel, shards.reduce(0, { $0 + $1.load }) > Self.fewEvents {
            nonisolated(unsafe) let shards = shards  // whatever they do to each other waits until all are done
            DispatchQueue.concurrentPerform(iterations: shards.count) { shards[$0].run() }
        } else {
            for shard in shards { shard.run() }
        }
        for shard in shards { shard.placeOrders() }
        for strand in strands { for owner in strands where owner !== strand { strand.parcels.giveBack(to: &owner.parcels) } }
    }

    /// So few that handing them out to several processors takes longer than they do.
    private static let fewEvents = 64
}
